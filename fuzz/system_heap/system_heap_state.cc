#include "fuzz/system_heap/system_heap_state.h"

#include <algorithm>
#include <cerrno>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// Nobody's errno.
constexpr int kUntouched = EDOM;

constexpr uintptr_t kLowBreak = uintptr_t{1} << 32;
// How far below an end the break begins: room for a few growths.
constexpr uintptr_t kBelow = uintptr_t{8} << 20;
// Where no break may go in an address space that people have.
constexpr uintptr_t kCeiling = uintptr_t{1} << 46;

// What no kernel has: the heap need not even ask for it.
constexpr size_t kAbsurdBytes = PTRDIFF_MAX / 2;

}  // namespace

std::string Expression(BreakPlace place) {
  constexpr const char* kNames[] = {"kLow", "kBelowSigned", "kBelowTop"};
  return std::string("BreakPlace::") + kNames[static_cast<int>(place)];
}

uintptr_t SystemHeapSetup::break_start() const {
  switch (place) {
    case BreakPlace::kLow:
      return kLowBreak + offset;
    case BreakPlace::kBelowSigned:
      return (uintptr_t{1} << 63) - kBelow + offset;
    case BreakPlace::kBelowTop:
      return uintptr_t{0} - kBelow + offset;
  }
  return kLowBreak;
}

// Watches over errno during one call of the heap.
class SystemHeapState::Call {
 public:
  Call() { errno = kUntouched; }
  ~Call() { Require(errno == kUntouched, "the call leaves errno alone"); }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
};

SystemHeapState::SystemHeapState(const SystemHeapSetup& setup)
    : ceiling_(setup.place == BreakPlace::kLow ? kCeiling : UINTPTR_MAX),
      os_(setup.break_start()) {
  BlockBreak(false);
}

void SystemHeapState::Take(MemoryRange range, GrowKind kind) {
  Require(!os_.IsForeign(range), "a range is nobody else's");
  Require(os_.IsAccessible(range), "a range is there, and writable");
  Require(!taken_.Overlaps(range), "a range is given once");
  taken_.Add(range);
  given_.push_back({range, kind});
  (kind == GrowKind::kHeap ? heap_bytes_ : mapping_bytes_) += range.bytes;
}

void SystemHeapState::Grow(size_t bytes, size_t alignment, GrowKind kind) {
  const int refusals = os_.map_refusals;
  MemoryRange range;
  {
    const Call call;
    range = heap_.Grow(bytes, alignment, kind);
  }
  if (range.empty()) {
    Require(os_.map_refusals != refusals || bytes > kAbsurdBytes ||
                alignment > kAbsurdBytes,
            "where sbrk fails, mmap is tried");
    return;
  }
  Require(range.start % alignment == 0, "a range is aligned as asked");
  if (kind == GrowKind::kHeap) {
    Require(range.bytes >= bytes, "a range is as large as asked");
    Require(range.start % kPageBytes == 0 && range.bytes % kPageBytes == 0,
            "a heap range is whole pages");
  } else {
    Require(range.bytes == bytes, "a mapping is exactly as large as asked");
  }
  Take(range, kind);
}

void SystemHeapState::RemovePart(size_t index, size_t bytes_kept) {
  Given& given = given_[index];
  const size_t less = given.range.bytes - bytes_kept;
  taken_.Remove({given.range.start + bytes_kept, less});
  mapping_bytes_ -= less;
  given.range.bytes = bytes_kept;
  if (bytes_kept != 0) return;
  given = given_.back();
  given_.pop_back();
}

void SystemHeapState::Release(size_t index, size_t first, size_t count,
                              ReleaseMode mode) {
  if (given_.empty()) return;
  index %= given_.size();
  const Given given = given_[index];
  // Its memory is gone when somebody moved the break below it.
  if (!os_.IsThere(given.range)) return;
  const size_t pages = given.range.bytes / kKernelPageBytes;
  first %= pages;
  count = mode == ReleaseMode::kUnmap
              ? pages - first
              : std::clamp<size_t>(count, 1, pages - first);
  if (mode == ReleaseMode::kUnmap && given.kind != GrowKind::kMapping) return;
  const MemoryRange range{given.range.start + first * kKernelPageBytes,
                          count * kKernelPageBytes};
  bool released;
  {
    const Call call;
    released = heap_.Release(range, mode);
  }
  if (!released) return;
  switch (mode) {
    case ReleaseMode::kDecommit:
      decommitted_bytes_ += range.bytes;
      break;
    case ReleaseMode::kUnmap:
      Require(!os_.IsThere(range), "what is unmapped is gone");
      RemovePart(index, first * kKernelPageBytes);
      break;
    case ReleaseMode::kProtect:
      Require(os_.IsProtected(range.start) &&
                  os_.IsProtected(range.end() - kKernelPageBytes),
              "what is protected is closed");
      break;
    case ReleaseMode::kUnprotect:
      Require(os_.IsAccessible(range), "what is unprotected is open");
      break;
  }
}

void SystemHeapState::Resize(size_t index, size_t bytes) {
  if (given_.empty()) return;
  index %= given_.size();
  const MemoryRange old = given_[index].range;
  if (given_[index].kind != GrowKind::kMapping || bytes == 0) return;
  const int refusals = os_.map_refusals;
  MemoryRange range;
  {
    const Call call;
    range = heap_.Resize(old, bytes);
  }
  if (range.empty()) {
    Require(os_.map_refusals != refusals || bytes > kAbsurdBytes,
            "only the kernel refuses to resize a mapping");
    Require(os_.IsThere(old), "then the mapping is unchanged");
    return;
  }
  Require(range.bytes == bytes, "a mapping is exactly as large as asked");
  RemovePart(index, 0);
  Take(range, GrowKind::kMapping);
}

intptr_t SystemHeapState::NoFartherThanStart(intptr_t increment) const {
  const uintptr_t lower = std::min(os_.break_end(), os_.libc_break());
  const auto above = static_cast<intptr_t>(lower - os_.break_start());
  return std::max(increment, -above);
}

void SystemHeapState::ForeignSbrk(intptr_t increment) {
  os_.ForeignSbrk(NoFartherThanStart(increment));
}

void SystemHeapState::ForeignRawBrk(intptr_t increment) {
  increment = NoFartherThanStart(increment);
  const uintptr_t room = os_.break_ceiling - os_.break_end();
  if (increment > 0 && static_cast<uintptr_t>(increment) > room) return;
  os_.ForeignRawBrk(increment);
}

void SystemHeapState::ForeignRace(intptr_t increment) {
  os_.before_move = [this, increment] { ForeignSbrk(increment); };
}

void SystemHeapState::AfterOperation() {
  const SystemHeapStats stats = heap_.stats();
  Require(os_.stray_calls == 0, "no call is for memory that is not there");
  Require(os_.smallest_increment > 0, "the heap never moves the break down");
  Require(stats.sbrk_bytes + stats.heap_map_bytes == heap_bytes_,
          "the heap's bytes come from sbrk or mmap");
  Require(stats.mapping_bytes == mapping_bytes_, "mappings are counted");
  Require(stats.decommitted_bytes == decommitted_bytes_,
          "decommitted bytes are counted");
  Require(stats.sbrk_bytes + stats.padding_bytes == os_.sbrk_bytes,
          "what sbrk gave is used or padding");
  const size_t mapped = stats.heap_map_bytes + stats.mapping_bytes;
  Require(os_.mapped_bytes() >= mapped, "what is given is mapped");
  Require(os_.unmap_refusals != 0 || os_.mapped_bytes() == mapped,
          "no mapping is forgotten");
}

void SystemHeapState::Finish() {
  os_.map_works = os_.unmap_works = os_.protect_works = true;
  os_.fail_call = 0;
  for (size_t i = given_.size(); i-- > 0;) {
    if (given_[i].kind != GrowKind::kMapping) continue;
    Release(i, 0, 0, ReleaseMode::kUnmap);
    AfterOperation();
  }
  Require(mapping_bytes_ == 0, "every mapping can be given back");
}

}  // namespace headroom
