// How an allocation fails.
//
// Takes from: libc's errno. Gives to: front.
#ifndef HEADROOM_ALLOCATOR_FRONT_OUT_OF_MEMORY_H_
#define HEADROOM_ALLOCATOR_FRONT_OUT_OF_MEMORY_H_

#include <cerrno>

namespace headroom {

// Null, with errno ENOMEM.
[[gnu::cold]] inline void* OutOfMemory() {
  errno = ENOMEM;
  return nullptr;
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_OUT_OF_MEMORY_H_
