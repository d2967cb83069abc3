// What the test, the interposed calls and the program under test share.
//
// Role: a page of memory behind a file descriptor that survives exec: the test
//   writes which call is to fail, the library that stands in for libc's calls
//   counts, the program says what it met. Plain data.
// Takes from: nothing. Gives to: failing_calls, process_work, the test.
#ifndef HEADROOM_TESTS_FAULTS_FAULT_CHANNEL_H_
#define HEADROOM_TESTS_FAULTS_FAULT_CHANNEL_H_

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace headroom {

inline constexpr int kChannelDescriptor = 200;

// The allocator's calls of libc that can fail; and the program's, of
// pthread_create.
enum class LibcCall : uint8_t {
  kSbrk,
  kMmap,
  kMunmap,
  kMremap,
  kMadvise,
  kMprotect,
  kBrk,
  kGetrandom,
  kOpen,
  kRead,
  kGetauxval,
  kClockGettime,
  kSigaction,
  kKeyCreate,
  kSetSpecific,
  kRegisterAtfork,
  kPthreadCreate,
};
inline constexpr int kLibcCalls =
    static_cast<int>(LibcCall::kPthreadCreate) + 1;
inline constexpr const char* kLibcCallNames[kLibcCalls] = {
    "sbrk",
    "mmap",
    "munmap",
    "mremap",
    "madvise",
    "mprotect",
    "brk",
    "getrandom",
    "openat",
    "read",
    "getauxval",
    "clock_gettime",
    "sigaction",
    "pthread_key_create",
    "pthread_setspecific",
    "pthread_atfork",
    "pthread_create",
};

struct FaultChannel {
  static constexpr size_t kMostSites = 64;

  struct Site {
    std::atomic<uintptr_t> return_offset;  // in the library; 0: free
    std::atomic<int> call;
  };

  // The plan; see fault_plan.h.
  uint32_t kinds;
  uint64_t first;
  uint64_t distance;
  bool for_ever;

  // What was seen. Counts of all kinds, whatever the plan is about.
  std::atomic<uint64_t> calls;
  std::atomic<uint64_t> failures;
  std::atomic<uint64_t> calls_of[kLibcCalls];
  std::atomic<uint64_t> failures_of[kLibcCalls];
  Site failed_sites[kMostSites];
  std::atomic<uint64_t> nulls;  // that the program got
};

// Null where there is none. By system calls that nobody interposes.
inline FaultChannel* OpenFaultChannel() {
  long result;
  register long flags __asm__("r10") = MAP_SHARED;
  register long descriptor __asm__("r8") = kChannelDescriptor;
  register long offset __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(SYS_mmap), "D"(0), "S"(sizeof(FaultChannel)),
                     "d"(PROT_READ | PROT_WRITE), "r"(flags), "r"(descriptor),
                     "r"(offset)
                   : "rcx", "r11", "memory");
  return result < 0 && result > -4096 ? nullptr
                                      : reinterpret_cast<FaultChannel*>(result);
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_FAULTS_FAULT_CHANNEL_H_
