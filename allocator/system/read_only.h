// Closes a page for good.
//
// Role: makes the page of the seal's keys read-only once they are made, so
//   that no stray or guided write changes them.
// Takes from: mprotect(2). Gives to: the composition root.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_READ_ONLY_H_
#define HEADROOM_ALLOCATOR_SYSTEM_READ_ONLY_H_

#include <cstddef>

namespace headroom {

// `start` and `bytes` are multiples of kKernelPageBytes. False: the kernel
// refused (a seccomp filter, say) and the memory stays writable. Keeps errno.
bool MakeReadOnly(void* start, size_t bytes);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_READ_ONLY_H_
