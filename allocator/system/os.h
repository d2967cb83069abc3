// The kernel's memory calls, as an interface a test can stand in for.
//
// Role: lets the system heap run over a kernel that misbehaves on purpose.
//   Every call is thin: no retry, no policy, no lock. May change errno.
// Takes from: nothing. Gives to: the system heap.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_OS_H_
#define HEADROOM_ALLOCATOR_SYSTEM_OS_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

// What Sbrk returns when the break cannot be moved.
inline constexpr uintptr_t kSbrkFailed = ~uintptr_t{0};

class Os {
 public:
  // sbrk(2): moves the break; returns where it was before, or kSbrkFailed.
  virtual uintptr_t Sbrk(intptr_t increment) = 0;

  // Where the kernel has the break. It is not where libc believes it to be
  // when somebody called brk behind libc's back.
  virtual uintptr_t KernelBreak() = 0;

  // Private, zeroed, readable and writable memory. 0 when the kernel has none.
  virtual uintptr_t Map(size_t bytes) = 0;

  virtual bool Unmap(uintptr_t start, size_t bytes) = 0;

  // Resizes a mapping, where it is or by moving it: returns where it is then,
  // 0 when the kernel refuses.
  virtual uintptr_t Remap(uintptr_t start, size_t old_bytes,
                          size_t new_bytes) = 0;

  // Resizes a mapping or its head and moves it to `target`, if nothing is
  // there: nothing is left where it was. Returns where it is then, 0 when the
  // kernel refuses.
  virtual uintptr_t Move(uintptr_t start, size_t old_bytes, size_t new_bytes,
                         uintptr_t target) = 0;

  // The pages read as zero afterwards and cost no memory until touched.
  virtual bool Decommit(uintptr_t start, size_t bytes) = 0;

  // Makes the pages inaccessible, or readable and writable again. What they
  // hold stays.
  virtual bool Protect(uintptr_t start, size_t bytes, bool accessible) = 0;

 protected:
  ~Os() = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_OS_H_
