// The page heap's kept mappings: memory that was freed and is still backed.
//
// It was moved away from its old addresses, so that a late use of those faults
// as if it had been unmapped. What comes fresh from the kernel takes the place
// of as much that is kept: so it never makes a peak of memory higher.
#include <algorithm>
#include <cstdint>

#include "allocator/pages/page_heap.h"

namespace headroom {

// Of a mapping that nobody has anymore. Returns what is left to give back.
MemoryRange PageHeap::Keep(MemoryRange memory, size_t back_guard, size_t most) {
  most = AlignDown(most, kKernelPageBytes);
  // The guard is a range of its own to the kernel, and stays behind.
  const MemoryRange head{memory.start,
                         std::min(memory.bytes - back_guard, most)};
  if (head.bytes < kLeastKeptBytes) return memory;
  const MemoryRange moved = source_.Move(head, std::min(memory.bytes, most));
  if (moved.empty()) return memory;
  AddKept(moved, most);
  return {head.end(), memory.end() - head.end()};
}

// Older ones make room.
void PageHeap::AddKept(MemoryRange range, size_t most) {
  while (!TryAddKept(range, most)) {
  }
}

// False: something else had to go, and more may have to.
bool PageHeap::TryAddKept(MemoryRange range, size_t most) {
  MemoryRange oldest;
  {
    LockGuard guard(lock_);
    const size_t total = kept_.bytes() + range.bytes;
    if (total <= most && !kept_.is_full()) {
      kept_.Add(range);
      return true;
    }
    oldest = TakeOldestKept(kept_.is_full() ? SIZE_MAX : total - most);
  }
  GiveBack(oldest);
  return false;
}

MemoryRange PageHeap::TakeOldestKept(size_t most) {
  const MemoryRange oldest = kept_.TakeOldest(most);
  NoteKept();
  return oldest;
}

void PageHeap::NoteKept() { kept_decay_.NoteDirty(KeptPages()); }

size_t PageHeap::ReleaseKept(size_t bytes) {
  size_t released = 0;
  while (released < bytes) {
    MemoryRange oldest;
    {
      LockGuard guard(lock_);
      oldest = TakeOldestKept(bytes - released);
    }
    if (oldest.empty()) break;
    // Without the lock: dropping many pages takes long.
    GiveBack(oldest);
    released += oldest.bytes;
  }
  return released;
}

// After spans got so many fresh pages. Not at each small span: that would cost
// a system call.
void PageHeap::ReplaceKept(PageCount fresh) {
  if (fresh.value == 0) return;
  size_t due;
  {
    LockGuard guard(lock_);
    unreplaced_ = kept_.bytes() == 0 ? PageCount{0} : unreplaced_ + fresh;
    due = unreplaced_.bytes();
    if (due < kLeastKeptBytes) return;
    unreplaced_ = {};
  }
  ReleaseKept(due);
}

// Memory for a new mapping, which need not read as zero; empty when there is
// none.
MemoryRange PageHeap::TakeKept(size_t bytes) {
  MemoryRange range;
  MemoryRange rest;
  {
    LockGuard guard(lock_);
    range = kept_.Take(bytes);
    if (range.bytes > bytes) {
      rest = {range.start + bytes, range.bytes - bytes};
      range.bytes = bytes;
    }
    if (rest.bytes >= kLeastKeptBytes) {
      kept_.Add(rest);
      rest = {};
    }
    NoteKept();
  }
  if (!rest.empty()) GiveBack(rest);
  if (range.empty() || range.bytes == bytes) return range;
  const MemoryRange grown = source_.Move(range, bytes);
  if (grown.empty()) {
    AddKept(range, SIZE_MAX);
  } else {
    ReleaseKept(bytes - range.bytes);
  }
  return grown;
}

}  // namespace headroom
