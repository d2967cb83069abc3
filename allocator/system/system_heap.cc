#include "allocator/system/system_heap.h"

#include <algorithm>
#include <cstdint>

#include "allocator/system/errno_guard.h"

namespace headroom {
namespace {

constexpr uint32_t kMaxSbrkPause = 1024;

// How often to try again when another thread moved the break between our
// reading it and our moving it.
constexpr int kRaceRetries = 3;

// Of targets of a move at which something may lie.
constexpr int kMoveTries = 4;

// sbrk takes a signed increment; nothing larger can be asked of mmap either.
constexpr size_t kMaxGrowBytes = PTRDIFF_MAX / 2;

}  // namespace

MemoryRange SystemHeap::Grow(size_t bytes, size_t alignment, GrowKind kind) {
  if (bytes > kMaxGrowBytes || alignment > kMaxGrowBytes) return {};
  const ErrnoGuard errno_guard;
  if (kind == GrowKind::kHeap) {
    LockGuard guard(lock_);
    return GrowHeap(AlignUp(bytes, kPageBytes),
                    std::max(alignment, kPageBytes));
  }
  const MemoryRange range = MapAligned(bytes, alignment);
  if (range.empty()) return {};
  LockGuard guard(lock_);
  ++stats_.mappings_made;
  stats_.mapping_bytes += range.bytes;
  return range;
}

MemoryRange SystemHeap::GrowHeap(size_t bytes, size_t alignment) {
  const size_t wanted = std::max(bytes, next_chunk_);
  const bool sbrk_first = SbrkIsWorthTrying();
  MemoryRange range;
  if (sbrk_first) range = GrowBySbrk(bytes, wanted, alignment);
  if (range.empty()) range = GrowByMap(bytes, wanted, alignment);
  if (range.empty() && !sbrk_first) {
    range = GrowBySbrk(bytes, wanted, alignment);
  }
  // Where there is little left, the next growth asks for little.
  next_chunk_ = range.bytes < wanted
                    ? kFirstChunkBytes
                    : std::min(2 * next_chunk_, kMaxChunkBytes);
  return range;
}

bool SystemHeap::SbrkIsWorthTrying() {
  if (growths_to_skip_ == 0) return true;
  --growths_to_skip_;
  return false;
}

MemoryRange SystemHeap::GrowBySbrk(size_t bytes, size_t wanted,
                                   size_t alignment) {
  MemoryRange range = TrySbrk(bytes, wanted, alignment);
  if (range.empty() && wanted > bytes) range = TrySbrk(bytes, bytes, alignment);
  if (range.empty()) {
    ++stats_.sbrk_failures;
    sbrk_pause_ =
        sbrk_pause_ == 0 ? 1 : std::min(2 * sbrk_pause_, kMaxSbrkPause);
    growths_to_skip_ = sbrk_pause_;
    return {};
  }
  sbrk_pause_ = 0;
  ++stats_.sbrk_growths;
  stats_.sbrk_bytes += range.bytes;
  return range;
}

MemoryRange SystemHeap::TrySbrk(size_t bytes, size_t wanted, size_t alignment) {
  // An end on a huge page's bound lets the kernel back whole chunks by them.
  const size_t end_alignment =
      wanted > bytes && wanted >= kHugePageBytes ? kHugePageBytes : kPageBytes;
  for (int i = 0; i < kRaceRetries; ++i) {
    const uintptr_t now = os_.Sbrk(0);
    // Below our end: somebody shrank the break over our memory, and growing
    // from there would hand it out again. Not the kernel's: somebody moved it
    // behind libc's back, and libc would move it over their memory.
    if (now == kSbrkFailed || now < sbrk_high_ || now != os_.KernelBreak()) {
      return {};
    }
    const uintptr_t end =
        AlignUp(AlignUp(now, alignment) + wanted, end_alignment);
    if (end < now || end - now > size_t{PTRDIFF_MAX}) return {};
    const uintptr_t got = os_.Sbrk(static_cast<intptr_t>(end - now));
    if (got == kSbrkFailed) return {};
    const MemoryRange range = UseBreak({got, end - now}, bytes, alignment);
    if (!range.empty()) return range;
  }
  return {};
}

// The usable part of what sbrk gave; empty when it holds no `bytes`, because
// somebody moved the break in between: up, to where alignment costs more, or
// down, over memory that is ours already.
MemoryRange SystemHeap::UseBreak(MemoryRange got, size_t bytes,
                                 size_t alignment) {
  if (got.start != sbrk_high_) ++stats_.sbrk_segments;
  const uintptr_t start = AlignUp(std::max(got.start, sbrk_high_), alignment);
  const uintptr_t end = AlignDown(got.end(), kPageBytes);
  sbrk_high_ = std::max(got.end(), sbrk_high_);
  const bool wraps = start < got.start;  // no address is so well aligned
  if (wraps || start > end || end - start < bytes) {
    stats_.padding_bytes += got.bytes;
    return {};
  }
  stats_.padding_bytes += got.bytes - (end - start);
  return {start, end - start};
}

MemoryRange SystemHeap::GrowByMap(size_t bytes, size_t wanted,
                                  size_t alignment) {
  MemoryRange range = MapAligned(wanted, alignment);
  if (range.empty() && wanted > bytes) range = MapAligned(bytes, alignment);
  if (range.empty()) return {};
  ++stats_.heap_map_growths;
  stats_.heap_map_bytes += range.bytes;
  return range;
}

MemoryRange SystemHeap::MapAligned(size_t bytes, size_t alignment) {
  const uintptr_t direct = os_.Map(bytes);
  if (direct == 0) return {};
  if (direct % alignment == 0) return {direct, bytes};
  os_.Unmap(direct, bytes);
  const size_t mapped = bytes + alignment - kKernelPageBytes;
  const uintptr_t loose = os_.Map(mapped);
  if (loose == 0) return {};
  const uintptr_t start = AlignUp(loose, alignment);
  const size_t head = start - loose;
  const size_t tail = mapped - head - bytes;
  if (head != 0) os_.Unmap(loose, head);
  if (tail != 0) os_.Unmap(start + bytes, tail);
  return {start, bytes};
}

bool SystemHeap::Release(MemoryRange range, ReleaseMode mode) {
  const ErrnoGuard errno_guard;
  if (!Apply(range, mode)) return false;
  LockGuard guard(lock_);
  switch (mode) {
    case ReleaseMode::kDecommit:
      stats_.decommitted_bytes += range.bytes;
      break;
    case ReleaseMode::kUnmap:
      stats_.mapping_bytes -= range.bytes;
      break;
    case ReleaseMode::kProtect:
    case ReleaseMode::kUnprotect:
      ++stats_.protections;
      break;
  }
  return true;
}

bool SystemHeap::Apply(MemoryRange range, ReleaseMode mode) {
  switch (mode) {
    case ReleaseMode::kDecommit:
      return os_.Decommit(range.start, range.bytes);
    case ReleaseMode::kUnmap:
      return os_.Unmap(range.start, range.bytes);
    case ReleaseMode::kProtect:
      return os_.Protect(range.start, range.bytes, /*accessible=*/false);
    case ReleaseMode::kUnprotect:
      return os_.Protect(range.start, range.bytes, /*accessible=*/true);
  }
  return false;
}

MemoryRange SystemHeap::Resize(MemoryRange mapping, size_t bytes) {
  if (bytes > kMaxGrowBytes) return {};
  const ErrnoGuard errno_guard;
  const uintptr_t start = os_.Remap(mapping.start, mapping.bytes, bytes);
  if (start == 0) return {};
  LockGuard guard(lock_);
  stats_.mapping_bytes += bytes - mapping.bytes;
  return {start, bytes};
}

MemoryRange SystemHeap::Move(MemoryRange head, size_t bytes) {
  if (bytes > kMaxGrowBytes) return {};
  const ErrnoGuard errno_guard;
  for (int i = 0; i < kMoveTries; ++i) {
    const uintptr_t target = NextTarget(head.start, bytes);
    if (target == 0) return {};
    const uintptr_t start = os_.Move(head.start, head.bytes, bytes, target);
    if (start == 0) continue;
    LockGuard guard(lock_);
    stats_.mapping_bytes += bytes - head.bytes;
    return {start, bytes};
  }
  return {};
}

uintptr_t SystemHeap::NextTarget(uintptr_t near, size_t bytes) {
  LockGuard guard(lock_);
  return targets_.Next(near, bytes);
}

SystemHeapStats SystemHeap::stats() const {
  LockGuard guard(lock_);
  return stats_;
}

void SystemHeap::AcquireForFork() { lock_.Acquire(); }

void SystemHeap::ReleaseAfterFork(bool in_child) {
  in_child ? lock_.ResetAfterFork() : lock_.Release();
}

}  // namespace headroom
