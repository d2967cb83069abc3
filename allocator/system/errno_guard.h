// Leaves errno as it was, whatever the system calls in its scope did to it.
//
// Role: a malloc that succeeds must not change errno, even when a first
//   attempt inside failed.
// Takes from: libc's errno. Gives to: the system layer.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_ERRNO_GUARD_H_
#define HEADROOM_ALLOCATOR_SYSTEM_ERRNO_GUARD_H_

#include <cerrno>

namespace headroom {

class ErrnoGuard {
 public:
  ErrnoGuard() : saved_(errno) {}
  ~ErrnoGuard() { errno = saved_; }
  ErrnoGuard(const ErrnoGuard&) = delete;
  ErrnoGuard& operator=(const ErrnoGuard&) = delete;

 private:
  const int saved_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_ERRNO_GUARD_H_
