#include "allocator/report/crash_handler.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <initializer_list>

#include "allocator/base/misuse.h"

namespace headroom {
namespace {

// The action before ours was the default, or ours would not be. Where it is not
// to be had, the fault would come back to us for ever.
void RestoreDefault(int signal) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  if (sigaction(signal, &action, nullptr) != 0) abort();
}

}  // namespace

// Neither SA_NODEFER: a fault in the handler itself then ends the process at
// once. Nor SA_ONSTACK: a report needs more than the smallest alternate stack,
// and a program that overflows its stack ends as it would without us.
void CrashHandler::Install(SignalFunction function) const {
  const int saved_errno = errno;
  for (const int signal : {SIGSEGV, SIGBUS}) {
    struct sigaction present = {};
    if (sigaction(signal, nullptr, &present) != 0) continue;
    const bool is_default =
        (present.sa_flags & SA_SIGINFO) == 0 && present.sa_handler == SIG_DFL;
    if (!is_default) continue;
    struct sigaction ours = {};
    ours.sa_sigaction = function;
    ours.sa_flags = SA_SIGINFO;
    sigaction(signal, &ours, nullptr);
  }
  errno = saved_errno;
}

void CrashHandler::Handle(int signal, const siginfo_t& info,
                          const void* ucontext) const {
  const int saved_errno = errno;
  // A crash of the report itself is not reported, too.
  if (IsFault(info) && !IsReportingHere()) {
    const Fault fault = MakeFault(info, ucontext);
    for (size_t i = 0; i < count_; ++i) {
      Explanation found;
      if (explainers_[i]->Explain(fault, &found)) {
        ReportFault(found.misuse, reinterpret_cast<const void*>(found.pointer),
                    ucontext);
      }
    }
  }
  RestoreDefault(signal);
  // A fault happens again; a signal that was sent has to be sent again. It is
  // blocked until the handler returns.
  if (!IsFault(info))
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
  errno = saved_errno;
}

}  // namespace headroom
