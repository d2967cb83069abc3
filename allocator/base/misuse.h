// Every message the allocator can die with, and the one way to say it.
//
// Role: turns a detected misuse or a broken invariant into a report on
//   standard error, then abort(). Raw write(2), no allocation, no lock: safe
//   in a signal handler and while any lock is held. Of threads that report at
//   once, the second waits until the first one's report is out.
// Takes from: report_writer, libc's abort; details from the process's
//   listener. Gives to: everyone.
#ifndef HEADROOM_ALLOCATOR_BASE_MISUSE_H_
#define HEADROOM_ALLOCATOR_BASE_MISUSE_H_

#include <cstdint>

#include "allocator/base/build_mode.h"
#include "allocator/base/report_writer.h"

namespace headroom {

enum class Misuse : uint8_t {
  kDoubleFree,
  kInvalidFree,
  kMisalignedFree,
  kInteriorFree,
  kUnmappedFree,
  kReallocFreed,
  kInvalidRealloc,
  kUsableSizeFreed,
  kInvalidUsableSize,
  kWrongSize,
  kWrongAlignment,
  kOriginMismatch,
  kCorruptHeader,
  kCorruptFreeBlock,
  kTailOverrun,
  kFreedBlockWritten,
  kOverflowAccess,  // from here on the pointer is a fault's address
  kUnderflowAccess,
  kFreedAccess,
  kZeroSizeAccess,
  kLockOrder,
  kAllocationUnderLock,
  kInternal,
};

// The fixed text of `misuse`, without newline.
const char* MisuseText(Misuse misuse);

// Writes "headroom: <text>: pointer 0x...\n" to standard error, then what the
// listener has to say, and aborts.
[[noreturn, gnu::cold, gnu::noinline]] void ReportMisuse(Misuse misuse,
                                                         const void* pointer);

// As ReportMisuse, for a call that can be ignored: returns, errno kept, when
// the listener lets the program go on.
[[gnu::cold, gnu::noinline]] void ReportBadCall(Misuse misuse,
                                                const void* pointer);

// As ReportMisuse, from a signal handler, whose third argument `ucontext` is.
[[noreturn, gnu::cold, gnu::noinline]] void ReportFault(Misuse misuse,
                                                        const void* address,
                                                        const void* ucontext);

// Is the calling thread in the middle of a report? A fault or misuse that it
// meets there comes from the report itself.
bool IsReportingHere();

// What the process knows beyond the first line. Called with no lock held by
// the report, on the thread that met the misuse, whatever that thread holds.
class MisuseListener {
 public:
  // Adds lines to the report. The first line is out by now. `ucontext` is null
  // but for ReportFault.
  virtual void Describe(Misuse misuse, const void* pointer,
                        const void* ucontext, ReportWriter& report) const = 0;
  // May ReportBadCall return?
  virtual bool MayContinue() const = 0;

 protected:
  ~MisuseListener() = default;
};

// Null here; the composition root's definition of the same name wins. A
// process without one, such as a test's, has reports of one line.
const MisuseListener* ProcessMisuseListener();

// Aborts when `ok` is false. For invariants whose failure means that heap
// metadata is damaged; checked in every build.
inline void Check(bool ok, const void* where) {
  if (!ok) [[unlikely]] {
    ReportMisuse(Misuse::kInternal, where);
  }
}

// As Check, in debug builds only.
inline void DebugCheck(bool ok, const void* where) {
  if constexpr (kDebugBuild) Check(ok, where);
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_MISUSE_H_
