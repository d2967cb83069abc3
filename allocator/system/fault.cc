#include "allocator/system/fault.h"

#include <ucontext.h>

namespace headroom {

namespace {

Fault::Cause CauseOf(const siginfo_t& info) {
  if (info.si_signo != SIGSEGV) return Fault::Cause::kOther;
  if (info.si_code == SEGV_ACCERR) return Fault::Cause::kProtected;
  if (info.si_code == SEGV_MAPERR) return Fault::Cause::kUnmapped;
  return Fault::Cause::kOther;
}

}  // namespace

// A broken page of memory may be announced before anybody touches it.
bool IsFault(const siginfo_t& info) {
  return info.si_code > 0 &&
         !(info.si_signo == SIGBUS && info.si_code == BUS_MCEERR_AO);
}

Fault MakeFault(const siginfo_t& info, const void* ucontext) {
  const mcontext_t& machine =
      static_cast<const ucontext_t*>(ucontext)->uc_mcontext;
  Fault fault = {};
  fault.has_address = info.si_code != SI_KERNEL;
  fault.address = reinterpret_cast<uintptr_t>(info.si_addr);
  fault.cause = CauseOf(info);
#if defined(__aarch64__)
  fault.pc = machine.pc;
  fault.first_argument = machine.regs[0];
#else
  fault.pc = static_cast<uintptr_t>(machine.gregs[REG_RIP]);
  fault.first_argument = static_cast<uintptr_t>(machine.gregs[REG_RDI]);
#endif
  return fault;
}

}  // namespace headroom
