// operator new past its hit path.
//
// Role: asks the heap; when it says no, calls the program's new_handler and
//   tries again, until memory is there or no handler is left
//   ([new.delete.single] of the C++ standard).
// Takes from: allocator.h, and the C++ runtime where the program has one.
// Gives to: cxx_api. Thread-safety: as std::get_new_handler.
#ifndef HEADROOM_ALLOCATOR_OVERRIDE_NEW_HANDLER_H_
#define HEADROOM_ALLOCATOR_OVERRIDE_NEW_HANDLER_H_

#include <cstddef>

#include "allocator/allocator.h"

#pragma GCC visibility push(hidden)

namespace headroom {

using NewHandler = void (*)();  // std::new_handler

// A block of at least `bytes` at a multiple of `alignment`; one that is not a
// power of two counts as memory that no handler can find. Never null: throws
// std::bad_alloc, or what the handler throws. Aborts with a message in a
// program without a C++ runtime.
[[gnu::noinline]] void* NewOrThrow(size_t bytes, size_t alignment,
                                   Origin origin);

// Null where NewOrThrow throws.
[[gnu::noinline]] void* NewOrNull(size_t bytes, size_t alignment,
                                  Origin origin) noexcept;

}  // namespace headroom

#pragma GCC visibility pop

#endif  // HEADROOM_ALLOCATOR_OVERRIDE_NEW_HANDLER_H_
