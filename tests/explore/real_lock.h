// The heap's lock as it is, behind the names that the linker has wrapped.
//
// Role: lets a test explore the lock's own code: its exchanges and its futex.
// Takes from: base. Gives to: lock_test.
#ifndef HEADROOM_TESTS_EXPLORE_REAL_LOCK_H_
#define HEADROOM_TESTS_EXPLORE_REAL_LOCK_H_

#include "allocator/base/lock.h"

extern "C" {
void __real__ZN8headroom4Lock7AcquireEv(headroom::Lock* lock);
bool __real__ZN8headroom4Lock10TryAcquireEv(headroom::Lock* lock);
void __real__ZN8headroom4Lock7ReleaseEv(headroom::Lock* lock);
}

namespace headroom::explore {

inline void AcquireReal(Lock& lock) {
  __real__ZN8headroom4Lock7AcquireEv(&lock);
}
inline bool TryAcquireReal(Lock& lock) {
  return __real__ZN8headroom4Lock10TryAcquireEv(&lock);
}
inline void ReleaseReal(Lock& lock) {
  __real__ZN8headroom4Lock7ReleaseEv(&lock);
}

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_REAL_LOCK_H_
