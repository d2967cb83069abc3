// Objects of one type from the metadata arena, recycled.
//
// Role: New and Delete in O(1) for the heap's own records.
// Takes from: metadata arena. Gives to: page heap (spans), thread registry.
// Lock: none; the owner's lock protects it.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_OBJECT_POOL_H_
#define HEADROOM_ALLOCATOR_SYSTEM_OBJECT_POOL_H_

#include <cstddef>
#include <new>
#include <type_traits>

#include "allocator/system/metadata_arena.h"

namespace headroom {

template <class T>
class ObjectPool {
 public:
  explicit constexpr ObjectPool(MetadataArena& arena) : arena_(arena) {}

  // Value-initialised. nullptr when out of memory.
  T* New() {
    void* place = free_;
    if (free_ != nullptr) {
      free_ = free_->next;
    } else {
      place = arena_.Allocate(kBytes, kAlignment);
      if (place == nullptr) return nullptr;
    }
    ++in_use_;
    return new (place) T();
  }

  void Delete(T* object) {
    static_assert(std::is_trivially_destructible_v<T>);
    --in_use_;
    free_ = new (static_cast<void*>(object)) FreeObject{free_};
  }

  size_t in_use() const { return in_use_; }

 private:
  struct FreeObject {
    FreeObject* next;
  };
  static constexpr size_t kBytes = sizeof(T) > sizeof(FreeObject)
                                       ? sizeof(T)
                                       : sizeof(FreeObject);
  static constexpr size_t kAlignment = alignof(T) > alignof(FreeObject)
                                           ? alignof(T)
                                           : alignof(FreeObject);

  MetadataArena& arena_;
  FreeObject* free_ = nullptr;
  size_t in_use_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_OBJECT_POOL_H_
