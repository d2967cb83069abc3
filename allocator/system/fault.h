// What a SIGSEGV or SIGBUS says about the access that failed.
//
// Role: the one place that knows where the kernel puts the registers.
// Takes from: the arguments of a signal handler. Gives to: report.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_FAULT_H_
#define HEADROOM_ALLOCATOR_SYSTEM_FAULT_H_

#include <csignal>
#include <cstdint>

namespace headroom {

struct Fault {
  enum class Cause : uint8_t {
    kProtected,  // memory that forbids the access
    kUnmapped,   // no memory
    kOther,      // a file that ends before it, a protection key, ...
  };

  // False: a non-canonical address, which the processor does not tell.
  bool has_address;
  uintptr_t address;
  uintptr_t pc;
  // The register that holds a function's first argument.
  uintptr_t first_argument;
  Cause cause = Cause::kProtected;
};

// Did an access of the program's raise the signal, or did somebody send it?
bool IsFault(const siginfo_t& info);

Fault MakeFault(const siginfo_t& info, const void* ucontext);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_FAULT_H_
