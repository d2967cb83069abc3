// One variable of the environment, before libc knows the environment.
//
// Role: ld.so's and constructors' mallocs may come before libc set `environ`;
//   then the kernel is asked. A set-user-id program gets nothing.
// Takes from: environ, /proc/self/environ, the auxiliary vector. Gives to: the
//   composition root. Raw system calls, no allocation; keeps errno.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_ENVIRONMENT_H_
#define HEADROOM_ALLOCATOR_SYSTEM_ENVIRONMENT_H_

#include <cstddef>

namespace headroom {

// Copies the value of `name`, not terminated, to `out` and returns its length,
// which is never more than `capacity`: a longer value is cut off. 0 when the
// variable is absent or empty, or the program runs in secure-execution mode.
size_t ReadEnvironment(const char* name, char* out, size_t capacity);

namespace internal_environment {

// The two sources, for tests.
size_t ReadFromLibc(char* const* environment, const char* name, char* out,
                    size_t capacity);
size_t ReadFromKernel(const char* name, char* out, size_t capacity);

}  // namespace internal_environment

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_ENVIRONMENT_H_
