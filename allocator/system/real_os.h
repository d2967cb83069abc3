// The Linux kernel behind the Os interface.
//
// Role: its .cc is the only file that calls sbrk, mmap, munmap, mremap,
//   madvise and, for the heap's memory, mprotect. Stateless. Moves the break by
//   libc's sbrk, never by the raw system call: libc caches the break, and its
//   next sbrk would unmap our memory.
// Takes from: libc. Gives to: the composition root, which hands it to the
//   system heap.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_REAL_OS_H_
#define HEADROOM_ALLOCATOR_SYSTEM_REAL_OS_H_

#include <cstddef>
#include <cstdint>

#include "allocator/system/os.h"

namespace headroom {

class RealOs final : public Os {
 public:
  constexpr RealOs() = default;

  uintptr_t Sbrk(intptr_t increment) override;
  uintptr_t KernelBreak() override;
  uintptr_t Map(size_t bytes) override;
  bool Unmap(uintptr_t start, size_t bytes) override;
  uintptr_t Remap(uintptr_t start, size_t old_bytes, size_t new_bytes) override;
  uintptr_t Move(uintptr_t start, size_t old_bytes, size_t new_bytes,
                 uintptr_t target) override;
  bool Decommit(uintptr_t start, size_t bytes) override;
  bool Protect(uintptr_t start, size_t bytes, bool accessible) override;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_REAL_OS_H_
