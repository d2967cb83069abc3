// What goes over the border to the program: the level it runs at, then one
// record an operation; and the words it answers with.
//
// Takes from: nothing. Gives to: process_operations, transcript, the program.
#ifndef FUZZ_PROCESS_RECORD_H_
#define FUZZ_PROCESS_RECORD_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

// Every way to a new block.
enum class Make : uint8_t {
  kMalloc,
  kCalloc,
  kRealloc,
  kReallocarray,
  kAlignedAlloc,
  kMemalign,
  kPosixMemalign,
  kValloc,
  kPvalloc,
  kLibcMalloc,
  kLibcCalloc,
  kLibcRealloc,
  kLibcMemalign,
  kLibcValloc,
  kLibcPvalloc,
  kHeadroomMalloc,
  kHeadroomCalloc,
  kHeadroomRealloc,
  kHeadroomReallocarray,
  kHeadroomAlignedAlloc,
  kHeadroomMemalign,
  kHeadroomPosixMemalign,
  kNew,
  kNewNothrow,
  kNewHotCold,
  kNewNothrowHotCold,
  kSizeReturning,
  kSizeReturningHotCold,
  kNewArray,
  kNewArrayNothrow,
  kNewArrayHotCold,
  kNewArrayNothrowHotCold,
  kNewAligned,
  kNewAlignedNothrow,
  kNewAlignedHotCold,
  kNewAlignedNothrowHotCold,
  kSizeReturningAligned,
  kSizeReturningAlignedHotCold,
  kNewArrayAligned,
  kNewArrayAlignedNothrow,
  kNewArrayAlignedHotCold,
  kNewArrayAlignedNothrowHotCold,
};
inline constexpr const char* kMakeNames[] = {
    "kMalloc",
    "kCalloc",
    "kRealloc",
    "kReallocarray",
    "kAlignedAlloc",
    "kMemalign",
    "kPosixMemalign",
    "kValloc",
    "kPvalloc",
    "kLibcMalloc",
    "kLibcCalloc",
    "kLibcRealloc",
    "kLibcMemalign",
    "kLibcValloc",
    "kLibcPvalloc",
    "kHeadroomMalloc",
    "kHeadroomCalloc",
    "kHeadroomRealloc",
    "kHeadroomReallocarray",
    "kHeadroomAlignedAlloc",
    "kHeadroomMemalign",
    "kHeadroomPosixMemalign",
    "kNew",
    "kNewNothrow",
    "kNewHotCold",
    "kNewNothrowHotCold",
    "kSizeReturning",
    "kSizeReturningHotCold",
    "kNewArray",
    "kNewArrayNothrow",
    "kNewArrayHotCold",
    "kNewArrayNothrowHotCold",
    "kNewAligned",
    "kNewAlignedNothrow",
    "kNewAlignedHotCold",
    "kNewAlignedNothrowHotCold",
    "kSizeReturningAligned",
    "kSizeReturningAlignedHotCold",
    "kNewArrayAligned",
    "kNewArrayAlignedNothrow",
    "kNewArrayAlignedHotCold",
    "kNewArrayAlignedNothrowHotCold",
};

// What a program can ask the heap.
enum class Question : uint8_t {
  kUsableSize,
  kStats,
  kNallocx,
  kReleaseMemory,
  kVersion,
  kMallinfo,
  kMallocInfo,
  kMallocStats,
  kMallocTrim,
  kMallopt,
  kFreesOfNull,
  kBadArguments,
};
inline constexpr const char* kQuestionNames[] = {
    "kUsableSize", "kStats",    "kNallocx",     "kReleaseMemory",
    "kVersion",    "kMallinfo", "kMallocInfo",  "kMallocStats",
    "kMallocTrim", "kMallopt",  "kFreesOfNull", "kBadArguments",
};

// Crimes. `detail` chooses among the kinds of each.
enum class Crime : uint8_t {
  kDoubleFree,
  kFreeInterior,
  kFreeMisaligned,
  kFreeForeign,
  kResizeFreed,
  kResizeForeign,
  kWrongSize,
  kWrongAlignment,
  kWrongOrigin,
  kWriteHeader,
  kOverflow,
  kWriteFreedHeader,
  kWriteBehind,
  kWriteFreed,
  kTouchFreed,
  kTouchBehind,
  kTouchInFront,
  kTouchEmpty,
  kCrash,
};
inline constexpr const char* kCrimeNames[] = {
    "kDoubleFree",   "kFreeInterior",  "kFreeMisaligned", "kFreeForeign",
    "kResizeFreed",  "kResizeForeign", "kWrongSize",      "kWrongAlignment",
    "kWrongOrigin",  "kWriteHeader",   "kOverflow",       "kWriteFreedHeader",
    "kWriteBehind",  "kWriteFreed",    "kTouchFreed",     "kTouchBehind",
    "kTouchInFront", "kTouchEmpty",    "kCrash",
};

// What operator new does when memory is out.
enum class NewHandlerKind : uint8_t { kNone, kThrows, kGivesUp, kMakesRoom };
inline constexpr const char* kNewHandlerKindNames[] = {
    "kNone", "kThrows", "kGivesUp", "kMakesRoom"};

// What the hook of reports does.
enum class HookKind : uint8_t { kNone, kAddsLine, kCrashes, kMisuses, kForks };
inline constexpr const char* kHookKindNames[] = {
    "kNone", "kAddsLine", "kCrashes", "kMisuses", "kForks"};

enum class Verb : uint8_t {
  kAllocate,
  kFree,
  kResize,
  kCommit,
  kAsk,
  kEndThread,
  kGoOnInChild,
  kBurst,
  kLimit,
  kSetNewHandler,
  kSetHook,
};

inline constexpr int kSlots = 64;
inline constexpr int kThreads = 4;  // the first is the main thread

struct Record {
  Verb verb = Verb::kAllocate;
  uint8_t thread = 0;
  uint8_t slot = 0;
  uint8_t kind = 0;  // Make, Crime, Question, ...; Free, Resize: which way
  uint32_t detail = 0;
  uint64_t size = 0;
  uint64_t alignment = 0;
};
static_assert(sizeof(Record) == 24);

// In a crime's `detail`, besides its kind.
inline constexpr uint32_t kInChild = 1u << 31;

// What of HEADROOM_OPTIONS changes which crimes are found.
struct Level {
  bool samples;
  bool reports;  // on_misuse=report
  bool crash_handler;
  bool protect_large;
  bool tail_canary;
  bool check_origin;
  bool zero_on_free;
  bool zero_size_page;
};

inline constexpr size_t kMostRecords = 400;
struct Orders {
  Level level;
  uint64_t count;
  Record records[kMostRecords];
};

// Files of the program.
inline constexpr int kOrdersFile = 0;
inline constexpr int kAnswersFile = 2;
inline constexpr int kEdgesFile = 3;
inline constexpr size_t kMostEdges = 16384;  // a byte each

// --- Answers, each a line on standard error, in the midst of reports.

// "@crime MASK FLAGS HOOK", in hexadecimal: what is about to be done.
inline constexpr char kCrimeWord[] = "@crime";
// It was done, and the program goes on.
inline constexpr char kSurvivedWord[] = "@survived";
// "@died STATUS": the child that did it is gone, as waitpid says.
inline constexpr char kDiedWord[] = "@died";
// What the hook adds to a report.
inline constexpr char kHookLine[] = "said by the hook";

// The first lines of reports; a crime's mask has those that fit.
enum ReportBit : uint32_t {
  kDoubleFreeBit = 1 << 0,
  kNotLiveBit = 1 << 1,
  kMisalignedBit = 1 << 2,
  kInteriorBit = 1 << 3,
  kUnmappedBit = 1 << 4,
  kReallocFreedBit = 1 << 5,
  kReallocBadBit = 1 << 6,
  kUsableFreedBit = 1 << 7,
  kUsableBadBit = 1 << 8,
  kWrongSizeBit = 1 << 9,
  kWrongAlignmentBit = 1 << 10,
  kWrongOriginBit = 1 << 11,
  kHeaderBit = 1 << 12,
  kFreeHeaderBit = 1 << 13,
  kTailBit = 1 << 14,
  kFreedWrittenBit = 1 << 15,
  kOverflowAccessBit = 1 << 16,
  kUnderflowAccessBit = 1 << 17,
  kFreedAccessBit = 1 << 18,
  kEmptyAccessBit = 1 << 19,
};
inline constexpr const char* kReportTexts[] = {
    "double free: the block is already free",
    "invalid free: not a live block of this heap",
    "invalid free: misaligned pointer",
    "invalid free: pointer into a block, not to its start",
    "invalid free: pointer to memory that is not mapped",
    "invalid realloc: the block is already free",
    "invalid realloc: not a live block of this heap",
    "invalid malloc_usable_size: the block is already free",
    "invalid malloc_usable_size: not a live block of this heap",
    "wrong size: the block was allocated with another size",
    "wrong alignment: the block was allocated with another alignment",
    "mismatched free: the block was allocated by another family of functions",
    "corrupt header: the block's header was overwritten",
    "corrupt free block: its header was overwritten",
    "buffer overflow: bytes behind the block were overwritten",
    "use after free: a freed block was written to",
    "buffer overflow: access behind a block",
    "buffer underflow: access in front of a block",
    "use after free: access to a freed block",
    "buffer overflow: access to a block of size 0",
};
// These cannot be ignored: the faulting instruction would run again.
inline constexpr uint32_t kAccessBits = kOverflowAccessBit |
                                        kUnderflowAccessBit | kFreedAccessBit |
                                        kEmptyAccessBit;

enum CrimeFlag : uint32_t {
  kMayGoUnseen = 1 << 0,
  kMayFault = 1 << 1,  // may end the program even where reports are survived
  kMayCrash = 1 << 2,  // without a report
  kMayLackStack = 1 << 3,
};

}  // namespace headroom

#endif  // FUZZ_PROCESS_RECORD_H_
