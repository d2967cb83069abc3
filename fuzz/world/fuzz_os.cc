#include "fuzz/world/fuzz_os.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/base/memory_checker.h"
#include "fuzz/engine/require.h"
#include "fuzz/world/touched_pages.h"

namespace headroom {
namespace {

// A mapping is never placed where another one was, so this is more than
// kMostMappedBytes.
constexpr size_t kMapSpaceBytes = size_t{8} << 30;

void* Pointer(uintptr_t address) { return reinterpret_cast<void*>(address); }

// Of the break's pages, these stay from input to input.
constexpr size_t kKeptBytes = size_t{8} << 20;

uintptr_t MapAnew(uintptr_t start, size_t bytes,
                  int access = PROT_READ | PROT_WRITE) {
  void* at = Pointer(start);
  void* got = mmap(at, bytes, access,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
                       (at != nullptr ? MAP_FIXED : 0),
                   -1, 0);
  Require(got != MAP_FAILED, "the fuzzer's own mmap works");
  return reinterpret_cast<uintptr_t>(got);
}

// Leaves the old pages empty. Gigabytes may move, of which few pages are there.
void MovePages(uintptr_t from, uintptr_t to, size_t bytes) {
  void* moved =
      mremap(Pointer(from), bytes, bytes,
             MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, Pointer(to));
  // An older kernel, or more than one range to it.
  if (moved == MAP_FAILED) memcpy(Pointer(to), Pointer(from), bytes);
}

// Address space for all inputs of this process, one after the other.
struct Space {
  // Inaccessible above the break.
  uintptr_t breaks = MapAnew(0, FuzzOs::kBreakSpaceBytes, PROT_NONE);
  uintptr_t maps = MapAnew(0, kMapSpaceBytes);
};

const Space& TheSpace() {
  static const Space space;
  return space;
}

}  // namespace

FuzzOs::FuzzOs() : break_(TheSpace().breaks), next_map_(TheSpace().maps) {}

FuzzOs::~FuzzOs() {
  const Space& space = TheSpace();
  TakeBreakBack();
  if (next_map_ != space.maps) MapAnew(space.maps, next_map_ - space.maps);
}

void FuzzOs::TakeBreakBack() {
  const uintptr_t breaks = TheSpace().breaks;
  const size_t kept =
      AlignUp(std::min(break_ - breaks, kKeptBytes), kKernelPageBytes);
  if (kept == 0) return;
  if (break_ > breaks + kept) {
    MapAnew(breaks + kept, kBreakSpaceBytes - kept, PROT_NONE);
  }
  // To fill a page with zeros is cheaper than to have it faulted in anew.
  mprotect(Pointer(breaks), kept, PROT_READ | PROT_WRITE);
  OpenMemory({breaks, kept});
  ClearPages({breaks, kept});
  mprotect(Pointer(breaks), kept, PROT_NONE);
}

uintptr_t FuzzOs::MoveBreak(size_t bytes) {
  const uintptr_t before = break_;
  break_ += bytes;
  const uintptr_t first = AlignUp(before, kKernelPageBytes);
  mprotect(Pointer(first), AlignUp(break_, kKernelPageBytes) - first,
           PROT_READ | PROT_WRITE);
  return before;
}

void FuzzOs::RefuseLater(uint32_t calls, uint32_t refusals) {
  const std::scoped_lock hold(lock_);
  calls_to_grant_ = calls;
  calls_to_refuse_ = refusals;
}

void FuzzOs::ForeignGrow(size_t bytes) {
  const std::scoped_lock hold(lock_);
  const uintptr_t end = TheSpace().breaks + kBreakSpaceBytes;
  MoveBreak(std::min<size_t>(bytes, end - break_));
}

void FuzzOs::MapNextBefore(size_t alignment) {
  const std::scoped_lock hold(lock_);
  next_map_ =
      AlignUp(next_map_ + kKernelPageBytes, alignment) - kKernelPageBytes;
}

uintptr_t FuzzOs::KernelBreak() {
  const std::scoped_lock hold(lock_);
  return IsRefusedByHook(OsCall::kKernelBreak) ? kSbrkFailed : break_;
}

bool FuzzOs::Refused(OsCall call) {
  errno = EIO;  // a kernel's call may leave anything here
  if (IsRefusedByHook(call)) return true;
  if (calls_to_grant_ > 0) {
    --calls_to_grant_;
    return false;
  }
  if (calls_to_refuse_ == 0) return false;
  --calls_to_refuse_;
  return true;
}

uintptr_t FuzzOs::Refuse() {
  ++refusals_;
  return 0;
}

uintptr_t FuzzOs::Sbrk(intptr_t increment) {
  const std::scoped_lock hold(lock_);
  if (increment == 0) {
    return IsRefusedByHook(OsCall::kSbrk) ? kSbrkFailed : break_;
  }
  const uintptr_t end = TheSpace().breaks + kBreakSpaceBytes;
  if (increment < 0 || static_cast<size_t>(increment) > end - break_ ||
      Refused(OsCall::kSbrk)) {
    Refuse();
    return kSbrkFailed;
  }
  return MoveBreak(static_cast<size_t>(increment));
}

uintptr_t FuzzOs::Map(size_t bytes) {
  const std::scoped_lock hold(lock_);
  return Refused(OsCall::kMap) ? Refuse() : PlaceMapping(bytes);
}

uintptr_t FuzzOs::PlaceMapping(size_t bytes) {
  const uintptr_t end = TheSpace().maps + kMapSpaceBytes;
  if (bytes > kMostMappedBytes - mapped_bytes_ ||
      bytes + gap_ > end - next_map_) {
    return Refuse();
  }
  mapped_bytes_ += bytes;
  const uintptr_t start = next_map_;
  next_map_ += bytes + gap_;
  return start;
}

bool FuzzOs::Unmap(uintptr_t start, size_t bytes) {
  const std::scoped_lock hold(lock_);
  if (Refused(OsCall::kUnmap)) {
    kept_bytes_ += bytes;
    return Refuse() != 0;
  }
  TakeAway(start, bytes);
  return true;
}

void FuzzOs::TakeAway(uintptr_t start, size_t bytes) {
  Require(bytes <= mapped_bytes_, "no more is unmapped than was mapped");
  mapped_bytes_ -= bytes;
  madvise(Pointer(start), bytes, MADV_DONTNEED);
  mprotect(Pointer(start), bytes, PROT_NONE);
}

uintptr_t FuzzOs::Remap(uintptr_t start, size_t old_bytes, size_t new_bytes) {
  const std::scoped_lock hold(lock_);
  if (Refused(OsCall::kRemap)) return Refuse();
  if (new_bytes <= old_bytes) {
    TakeAway(start + new_bytes, old_bytes - new_bytes);
    return start;
  }
  const uintptr_t moved = PlaceMapping(new_bytes);
  if (moved == 0) return 0;
  MovePages(start, moved, old_bytes);
  TakeAway(start, old_bytes);
  return moved;
}

uintptr_t FuzzOs::Move(uintptr_t start, size_t old_bytes, size_t new_bytes,
                       uintptr_t /*target*/) {
  const std::scoped_lock hold(lock_);
  if (Refused(OsCall::kMove)) return Refuse();
  const uintptr_t moved = PlaceMapping(new_bytes);
  if (moved == 0) return 0;
  MovePages(start, moved, std::min(old_bytes, new_bytes));
  TakeAway(start, old_bytes);
  return moved;
}

bool FuzzOs::Decommit(uintptr_t start, size_t bytes) {
  const std::scoped_lock hold(lock_);
  if (Refused(OsCall::kDecommit)) return Refuse() != 0;
  if (start + bytes <= TheSpace().breaks + kKeptBytes &&
      IsOpenBelowBreak(start, bytes)) {
    ClearPages({start, bytes});
    return true;
  }
  return madvise(Pointer(start), bytes, MADV_DONTNEED) == 0;
}

bool FuzzOs::Protect(uintptr_t start, size_t bytes, bool accessible) {
  const std::scoped_lock hold(lock_);
  if (Refused(OsCall::kProtect)) return Refuse() != 0;
  NoteAccess(start, bytes, accessible);
  return mprotect(Pointer(start), bytes,
                  accessible ? PROT_READ | PROT_WRITE : PROT_NONE) == 0;
}

void FuzzOs::NoteAccess(uintptr_t start, size_t bytes, bool accessible) {
  const uintptr_t breaks = TheSpace().breaks;
  if (start < breaks || start >= breaks + kBreakSpaceBytes) return;
  for (size_t i = 0; i < bytes; i += kKernelPageBytes) {
    closed_[(start + i - breaks) / kKernelPageBytes] = !accessible;
  }
}

bool FuzzOs::IsOpenHeap(uintptr_t start, size_t bytes) const {
  const std::scoped_lock hold(lock_);
  return IsOpenBelowBreak(start, bytes);
}

bool FuzzOs::IsOpenBelowBreak(uintptr_t start, size_t bytes) const {
  const uintptr_t breaks = TheSpace().breaks;
  if (start < breaks || start + bytes > break_) return false;
  for (uintptr_t page = AlignDown(start, kKernelPageBytes);
       page < start + bytes; page += kKernelPageBytes) {
    if (closed_[(page - breaks) / kKernelPageBytes]) return false;
  }
  return true;
}

}  // namespace headroom
