#include "allocator/base/misuse.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace headroom {
namespace {

// The thread that writes a report, 0 when none does. Not a lock: who waits for
// it gives up in the end and writes nevertheless.
constinit std::atomic<pid_t> reporter{0};
// The reporter's; too large for the stack that a signal handler may run on.
constinit char details[4096];

constexpr int kMaxWaits = 500;
constexpr timespec kWait = {0, 10'000'000};

pid_t ThreadId() { return static_cast<pid_t>(syscall(SYS_gettid)); }

// Fork leaves the reporter behind in the parent.
bool IsGone(pid_t thread) {
  return syscall(SYS_tgkill, getpid(), thread, 0) != 0 && errno == ESRCH;
}

// False: another thread's report takes too long, and may end the process.
bool BecomeReporter(pid_t self) {
  for (int i = 0; i < kMaxWaits; ++i) {
    pid_t other = 0;
    if (reporter.compare_exchange_strong(other, self,
                                         std::memory_order_acquire) ||
        (IsGone(other) && reporter.compare_exchange_strong(
                              other, self, std::memory_order_acquire))) {
      return true;
    }
    // The call itself: libc's nanosleep is a cancellation point.
    syscall(SYS_nanosleep, &kWait, nullptr);
  }
  return false;
}

void WriteFirstLine(Misuse misuse, const void* pointer) {
  char line[256];
  ReportWriter writer(line, sizeof(line));
  writer.Text("headroom: ").Text(MisuseText(misuse)).Text(": pointer ");
  writer.Hex(pointer).Text("\n").Flush();
}

// The report met a misuse itself, or abort's handlers did: no second try.
[[noreturn]] void EndAtOnce() {
  signal(SIGABRT, SIG_DFL);
  abort();
}

// Returns when the listener lets the program go on: it was asked only if the
// call can be ignored. The caller then is no longer the reporter.
void Report(Misuse misuse, const void* pointer, const void* ucontext,
            bool can_be_ignored) {
  const pid_t self = ThreadId();
  if (reporter.load(std::memory_order_relaxed) == self) {
    WriteFirstLine(misuse, pointer);
    EndAtOnce();
  }
  const bool is_reporter = BecomeReporter(self);
  WriteFirstLine(misuse, pointer);
  const MisuseListener* listener = ProcessMisuseListener();
  if (listener != nullptr && is_reporter) {
    ReportWriter writer(details, sizeof(details));
    listener->Describe(misuse, pointer, ucontext, writer);
    writer.Flush();
  }
  if (!can_be_ignored || listener == nullptr || !listener->MayContinue()) {
    abort();
  }
  if (is_reporter) reporter.store(0, std::memory_order_release);
}

}  // namespace

[[gnu::weak]] const MisuseListener* ProcessMisuseListener() { return nullptr; }

bool IsReportingHere() {
  const pid_t thread = reporter.load(std::memory_order_relaxed);
  return thread != 0 && thread == ThreadId();
}

const char* MisuseText(Misuse misuse) {
  switch (misuse) {
    case Misuse::kDoubleFree:
      return "double free: the block is already free";
    case Misuse::kInvalidFree:
      return "invalid free: not a live block of this heap";
    case Misuse::kMisalignedFree:
      return "invalid free: misaligned pointer";
    case Misuse::kInteriorFree:
      return "invalid free: pointer into a block, not to its start";
    case Misuse::kUnmappedFree:
      return "invalid free: pointer to memory that is not mapped";
    case Misuse::kReallocFreed:
      return "invalid realloc: the block is already free";
    case Misuse::kInvalidRealloc:
      return "invalid realloc: not a live block of this heap";
    case Misuse::kUsableSizeFreed:
      return "invalid malloc_usable_size: the block is already free";
    case Misuse::kInvalidUsableSize:
      return "invalid malloc_usable_size: not a live block of this heap";
    case Misuse::kWrongSize:
      return "wrong size: the block was allocated with another size";
    case Misuse::kWrongAlignment:
      return "wrong alignment: the block was allocated with another alignment";
    case Misuse::kOriginMismatch:
      return "mismatched free: the block was allocated by another family of "
             "functions";
    case Misuse::kCorruptHeader:
      return "corrupt header: the block's header was overwritten";
    case Misuse::kCorruptFreeBlock:
      return "corrupt free block: its header was overwritten";
    case Misuse::kTailOverrun:
      return "buffer overflow: bytes behind the block were overwritten";
    case Misuse::kFreedBlockWritten:
      return "use after free: a freed block was written to";
    case Misuse::kOverflowAccess:
      return "buffer overflow: access behind a block";
    case Misuse::kUnderflowAccess:
      return "buffer underflow: access in front of a block";
    case Misuse::kFreedAccess:
      return "use after free: access to a freed block";
    case Misuse::kZeroSizeAccess:
      return "buffer overflow: access to a block of size 0";
    case Misuse::kLockOrder:
      return "internal error: lock taken out of rank order";
    case Misuse::kAllocationUnderLock:
      return "internal error: allocation while a lock of the heap is held";
    case Misuse::kInternal:
      return "internal error: heap metadata is damaged";
  }
  return "internal error: unknown report";
}

void ReportMisuse(Misuse misuse, const void* pointer) {
  Report(misuse, pointer, nullptr, /*can_be_ignored=*/false);
  abort();  // not reached
}

void ReportFault(Misuse misuse, const void* address, const void* ucontext) {
  Report(misuse, address, ucontext, /*can_be_ignored=*/false);
  abort();  // not reached
}

void ReportBadCall(Misuse misuse, const void* pointer) {
  const int saved_errno = errno;
  Report(misuse, pointer, nullptr, /*can_be_ignored=*/true);
  errno = saved_errno;
}

}  // namespace headroom
