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

  // Private, zeroed, readable and writable memory, preferably at `hint` (0:
  // anywhere). 0 when the kernel has none.
  virtual uintptr_t Map(uintptr_t hint, size_t bytes) = 0;

  // Addresses only: neither readable nor writable, so nothing is charged to
  // RLIMIT_DATA. 0 when the kernel has none.
  virtual uintptr_t Reserve(size_t bytes) = 0;

  virtual bool Unmap(uintptr_t start, size_t bytes) = 0;

  // Resizes a mapping. `target` 0: in place or not at all; otherwise moves it
  // there, over whatever is mapped there.
  virtual bool Remap(uintptr_t start, size_t old_bytes, size_t new_bytes,
                     uintptr_t target) = 0;

  // The pages read as zero afterwards and cost no memory until touched.
  virtual bool Decommit(uintptr_t start, size_t bytes) = 0;

 protected:
  ~Os() = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_OS_H_
