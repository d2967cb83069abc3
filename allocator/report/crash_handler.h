// Turns crashes that the heap can explain into reports; leaves others alone.
//
// Role: handles SIGSEGV and SIGBUS where the program does not. A crash that
//   nobody explains happens again under the action that was there before, so
//   that core dump and exit status are the program's own.
// Takes from: fault explainers. Gives to: the composition root, which owns the
//   function that the kernel calls. No allocation, no lock, keeps errno.
// Fork: the child inherits the handler; it has no state of its own.
#ifndef HEADROOM_ALLOCATOR_REPORT_CRASH_HANDLER_H_
#define HEADROOM_ALLOCATOR_REPORT_CRASH_HANDLER_H_

#include <csignal>
#include <cstddef>

#include "allocator/report/fault_explainer.h"

namespace headroom {

class CrashHandler {
 public:
  using SignalFunction = void (*)(int signal, siginfo_t* info, void* ucontext);

  constexpr CrashHandler(const FaultExplainer* const* explainers, size_t count)
      : explainers_(explainers), count_(count) {}

  // `function` calls Handle. For each of the signals whose action is the
  // default; a handler that the program sets later wins.
  void Install(SignalFunction function) const;

  // What the signal handler does. Either does not return, or its return ends
  // the process.
  void Handle(int signal, const siginfo_t& info, const void* ucontext) const;

 private:
  const FaultExplainer* const* const explainers_;
  const size_t count_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_CRASH_HANDLER_H_
