// Secret random bytes for the seal's keys.
//
// Role: fills memory from the kernel's generator; where that is closed (early
//   boot, seccomp) from what the kernel gave the process at exec, mixed with
//   clocks and addresses. Never blocks, never fails, leaves errno as it was.
// Takes from: getrandom(2), the auxiliary vector. Gives to: composition root.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_RANDOM_H_
#define HEADROOM_ALLOCATOR_SYSTEM_RANDOM_H_

#include <cstddef>

namespace headroom {

void FillRandom(void* out, size_t bytes);

namespace internal_random {

// What FillRandom falls back to. Differs from process to process, and from
// call to call by the nanoseconds between them.
void FillWithoutKernel(void* out, size_t bytes);

}  // namespace internal_random

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_RANDOM_H_
