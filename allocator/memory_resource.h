// Headroom for std::pmr containers.
//
// Role: a polymorphic memory resource over headroom.h, header-only; every
//   instance is the one heap, so all are equal.
// Takes from: headroom.h. Gives to: the program.
// Thread-safety: all. Errors: std::bad_alloc.
// Source: [mem.res] of C++20.
#ifndef HEADROOM_ALLOCATOR_MEMORY_RESOURCE_H_
#define HEADROOM_ALLOCATOR_MEMORY_RESOURCE_H_

#include <cstddef>
#include <memory_resource>
#include <new>

#include "allocator/headroom.h"

namespace headroom {

class MemoryResource : public std::pmr::memory_resource {
 private:
  void* do_allocate(size_t bytes, size_t alignment) override {
    void* block = headroom_aligned_alloc(alignment, bytes);
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }
  void do_deallocate(void* block, size_t bytes, size_t alignment) override {
    headroom_free_aligned_sized(block, alignment, bytes);
  }
  bool do_is_equal(
      const std::pmr::memory_resource& other) const noexcept override {
    return dynamic_cast<const MemoryResource*>(&other) != nullptr;
  }
};

// One instance for everybody, never destroyed: containers of static storage
// duration may outlive every destructor.
inline std::pmr::memory_resource* memory_resource() noexcept {
  alignas(MemoryResource) static std::byte storage[sizeof(MemoryResource)];
  static MemoryResource* const resource = new (storage) MemoryResource;
  return resource;
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_MEMORY_RESOURCE_H_
