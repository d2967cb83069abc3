// The heap's lock, its reports and its stack traces, as a run sees them.
//
// Role: the seam at the lock: the linker leads every call of Lock's functions
//   here (see wrapped.bzl), so that the scheduler knows who waits for whom.
//   The real lock is explored by itself, in lock_test.
// Takes from: scheduler. Gives to: the linker.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "allocator/base/lock.h"
#include "allocator/base/misuse.h"
#include "allocator/base/stack_trace.h"
#include "tests/explore/real_lock.h"
#include "tests/explore/scheduler.h"

using headroom::Lock;
using headroom::Misuse;
using headroom::explore::Outcome;
using headroom::explore::Quiet;
using headroom::explore::Scheduler;

namespace {

uintptr_t At(const void* p) { return reinterpret_cast<uintptr_t>(p); }

#define PC At(__builtin_return_address(0))

void EndReported(Misuse misuse) {
  if (Scheduler::current == nullptr) {
    fprintf(stderr, "report outside of a run: %s\n",
            headroom::MisuseText(misuse));
    abort();
  }
  Scheduler::current->End(Outcome::Kind::kReported,
                          headroom::MisuseText(misuse));
}

}  // namespace

extern "C" {

// Outside of a run there is one thread: nobody to lock out.
void __wrap__ZN8headroom4Lock7AcquireEv(Lock* lock) {
  if (Scheduler::IsActive()) Scheduler::current->AcquireLock(At(lock), PC);
}
bool __wrap__ZN8headroom4Lock10TryAcquireEv(Lock* lock) {
  return !Scheduler::IsActive() ||
         Scheduler::current->TryAcquireLock(At(lock), PC);
}
void __wrap__ZN8headroom4Lock7ReleaseEv(Lock* lock) {
  if (Scheduler::IsActive()) Scheduler::current->ReleaseLock(At(lock), PC);
}
void __wrap__ZN8headroom4Lock14ResetAfterForkEv(Lock* lock) {
  if (Scheduler::IsActive()) Scheduler::current->ResetLock(At(lock), PC);
}

[[noreturn]] void __wrap__ZN8headroom12ReportMisuseENS_6MisuseEPKv(
    Misuse misuse, const void*) {
  EndReported(misuse);
  abort();  // not reached
}
// As where the listener does not let the program go on.
void __wrap__ZN8headroom13ReportBadCallENS_6MisuseEPKv(Misuse misuse,
                                                       const void*) {
  EndReported(misuse);
}

void __wrap__ZN8headroom12CaptureStackEPNS_10StackTraceEi(
    headroom::StackTrace* out, int) {
  out->count = 0;
}

}  // extern "C"
