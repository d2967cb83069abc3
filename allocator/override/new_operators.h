// The bodies of operator new, one a family.
//
// Role: the hit path of malloc, then new_handler's slow path, by a tail call.
// Takes from: allocator.h, new_handler. Gives to: cxx_api, cxx_extensions.
#ifndef HEADROOM_ALLOCATOR_OVERRIDE_NEW_OPERATORS_H_
#define HEADROOM_ALLOCATOR_OVERRIDE_NEW_OPERATORS_H_

#include <cstddef>
#include <new>

#include "allocator/allocator.h"
#include "allocator/override/new_handler.h"

#pragma GCC visibility push(hidden)

namespace headroom {

template <Origin kOrigin>
[[gnu::always_inline]] inline void* New(size_t bytes) {
  void* block = kProcessHeap.TryAllocate(CurrentThreadCache(), bytes);
  if (block != nullptr) [[likely]]
    return block;
  return NewOrThrow(bytes, kBlockAlignment, kOrigin);
}

template <Origin kOrigin>
[[gnu::always_inline]] inline void* New(size_t bytes,
                                        const std::nothrow_t&) noexcept {
  void* block = kProcessHeap.TryAllocate(CurrentThreadCache(), bytes);
  if (block != nullptr) [[likely]]
    return block;
  return NewOrNull(bytes, kBlockAlignment, kOrigin);
}

template <Origin kOrigin>
inline void* NewAligned(size_t bytes, std::align_val_t alignment) {
  return NewOrThrow(bytes, static_cast<size_t>(alignment), kOrigin);
}

template <Origin kOrigin>
inline void* NewAligned(size_t bytes, std::align_val_t alignment,
                        const std::nothrow_t&) noexcept {
  return NewOrNull(bytes, static_cast<size_t>(alignment), kOrigin);
}

}  // namespace headroom

#pragma GCC visibility pop

#endif  // HEADROOM_ALLOCATOR_OVERRIDE_NEW_OPERATORS_H_
