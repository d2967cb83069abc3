// Reads memory that may not be there.
//
// Role: a report looks at pointers that the program got wrong; the kernel
//   copies for it, and says so where there is nothing to copy.
// Takes from: process_vm_readv(2). Gives to: report. Signal-safe; keeps errno.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_SAFE_READ_H_
#define HEADROOM_ALLOCATOR_SYSTEM_SAFE_READ_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

// False, and *out is of no use, when not all of the bytes can be read.
bool SafeRead(uintptr_t from, void* out, size_t bytes);

namespace internal_safe_read {

// Where the filter of a sandbox forbids the kernel's copy: asks whether the
// memory is there, then reads. Another thread may unmap it in between.
bool AskAndCopy(uintptr_t from, void* out, size_t bytes);

}  // namespace internal_safe_read

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_SAFE_READ_H_
