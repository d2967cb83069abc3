// memory_resource.h over a heap under test.
//
// Role: defines the two public names that the resource calls, as override/
//   does, for the heap and the thread that were set last; runs containers.
// Takes from: memory_resource.h. Gives to: heap_state. Not thread-safe.
#ifndef FUZZ_HEAP_HEAP_RESOURCE_H_
#define FUZZ_HEAP_HEAP_RESOURCE_H_

#include <cstdint>
#include <memory_resource>

#include "allocator/front/heap.h"

namespace headroom {

// While it lives, the resource's calls are this thread's of this heap.
class UseResource {
 public:
  UseResource(const Heap& heap, ThreadCache* const& cache);
  ~UseResource();
  UseResource(const UseResource&) = delete;
  UseResource& operator=(const UseResource&) = delete;
};

std::pmr::memory_resource* TheResource();

// Fills one of a few kinds of containers with `count` elements, looks at each
// and destroys it. False when it ran out of memory. No pool resource: GCC 12's
// goes on without a chunk when its list of chunks finds no memory, and crashes.
bool FillContainer(uint32_t kind, uint32_t count);

}  // namespace headroom

#endif  // FUZZ_HEAP_HEAP_RESOURCE_H_
