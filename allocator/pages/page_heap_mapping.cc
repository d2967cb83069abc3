// The page heap's mappings: one block each, made and unmapped by the kernel.
#include <algorithm>
#include <cstdint>

#include "allocator/base/misuse.h"
#include "allocator/pages/page_heap.h"

namespace headroom {
namespace {

// Whole pages of the kernel's, and at least a page behind the block's start:
// so no other mapping's first page is also the page of this one's block.
size_t MappingBytes(size_t bytes, size_t block_offset) {
  return AlignUp(std::max(bytes, block_offset + kPageBytes), kKernelPageBytes);
}

PageId BlockPage(const Span* span) {
  return PageContaining(span->memory.start + span->block_offset);
}

}  // namespace

Span* PageHeap::NewMapping(size_t bytes, const BlockPlace& place, bool zeroed) {
  Span* span = TryNewMapping(bytes, place, zeroed);
  if (span == nullptr && ReleaseKept(SIZE_MAX) != 0) {
    span = TryNewMapping(bytes, place, zeroed);
  }
  return span;
}

Span* PageHeap::TryNewMapping(size_t bytes, const BlockPlace& place,
                              bool zeroed) {
  if (bytes > kMaxRequestBytes || place.alignment > kMaxRequestBytes) {
    return nullptr;
  }
  const size_t most_offset =
      place.front + std::max(place.alignment, kBlockAlignment);
  const size_t total = place.from_end != 0 ? AlignUp(bytes, kKernelPageBytes)
                                           : MappingBytes(bytes, most_offset);
  MemoryRange memory;
  if (!zeroed) memory = TakeKept(total);
  if (memory.empty()) {
    memory = source_.Grow(total, kKernelPageBytes, GrowKind::kMapping);
    ReleaseKept(memory.bytes);
  }
  if (memory.empty()) return nullptr;
  {
    LockGuard guard(lock_);
    Span* span = spans_.New();
    if (span != nullptr) {
      span->use = SpanUse::kMapping;
      span->block_offset = place.BlockIn(memory) - memory.start;
      SetMemory(span, memory);
      if (MapEntries(span)) {
        CountLarge(+1);
        ++stats_.mappings;
        stats_.mapping_bytes += memory.bytes;
        NotePeak();
        return span;
      }
      spans_.Delete(span);
    }
  }
  GiveBack(memory);
  return nullptr;
}

void PageHeap::DeleteMapping(Span* span, size_t keep) {
  const MemoryRange memory = span->memory;
  const size_t back_guard = span->back_guard;
  {
    LockGuard guard(lock_);
    Check(span->use == SpanUse::kMapping, span);
    // Before the addresses are anyone's again.
    ClearEntries(span);
    CountLarge(-1);
    --stats_.mappings;
    stats_.mapping_bytes -= memory.bytes;
    spans_.Delete(span);
  }
  const MemoryRange rest = keep == 0 ? memory : Keep(memory, back_guard, keep);
  if (!rest.empty()) GiveBack(rest);
  Decay();
}

// Where the kernel refuses, having no room to split its own records, the pages
// join the heap, or each mapping would cost addresses.
void PageHeap::GiveBack(MemoryRange memory) {
  if (source_.Release(memory, ReleaseMode::kUnmap)) return;
  const bool clean = source_.Release(memory, ReleaseMode::kDecommit);
  const PageId first = PageContaining(AlignUp(memory.start, kPageBytes));
  const PageRun run{first, PageContaining(memory.end()) - first};
  if (run.pages.value == 0) return;
  LockGuard guard(lock_);
  if (!map_.Reserve(run.first, run.pages)) return;
  Span* record = spans_.New();
  if (record == nullptr) return;
  record->first = run.first;
  record->pages = run.pages;
  if (!clean) {
    map_.MarkBacked(run.first, run.pages);
    record->dirty = run.pages;
  }
  // Its guards may be; so what counts as closed may be open.
  NoteClosed(run);
  NotePartlyClosed();
  stats_.heap = stats_.heap + run.pages;
  Coalesce(record);
}

bool PageHeap::ResizeMapping(Span* span, size_t bytes) {
  if (bytes > kMaxRequestBytes) return false;
  const size_t wanted = MappingBytes(bytes, span->block_offset);
  const size_t old = span->memory.bytes;
  if (wanted == old) return true;
  if (wanted < old) return ShrinkMapping(span, wanted);
  if (!GrowMapping(span, wanted)) return false;
  ReleaseKept(wanted - old);
  return true;
}

bool PageHeap::ShrinkMapping(Span* span, size_t bytes) {
  // Without the lock: dropping many pages takes long, and no entry changes.
  const size_t less = span->memory.bytes - bytes;
  const MemoryRange tail{span->memory.start + bytes, less};
  if (!source_.Release(tail, ReleaseMode::kUnmap)) return false;
  LockGuard guard(lock_);
  SetMemory(span, {span->memory.start, bytes});
  stats_.mapping_bytes -= less;
  return true;
}

bool PageHeap::GrowMapping(Span* span, size_t bytes) {
  // With the lock: the old addresses may be another mapping's as soon as the
  // kernel has moved ours.
  LockGuard guard(lock_);
  // After the move there is no way back, so entries must be had before.
  if (!map_.PrepareSpareLeaves()) return false;
  const MemoryRange old = span->memory;
  const MemoryRange memory = source_.Resize(old, bytes);
  if (memory.empty()) return false;
  ClearEntries(span);
  SetMemory(span, memory);
  Check(MapEntries(span), span);
  stats_.mapping_bytes += memory.bytes - old.bytes;
  NotePeak();
  return true;
}

void PageHeap::SetMemory(Span* span, MemoryRange memory) {
  span->memory = memory;
  span->first = PageContaining(memory.start);
  span->pages = PageContaining(memory.end() - 1) - span->first + PageCount{1};
}

bool PageHeap::MapEntries(Span* span) {
  if (!map_.Reserve(span->first, PageCount{1}) ||
      !map_.Reserve(BlockPage(span), PageCount{1})) {
    return false;
  }
  map_.Set(span->first, span);
  map_.Set(BlockPage(span), span);
  return true;
}

void PageHeap::ClearEntries(const Span* span) {
  map_.Set(span->first, nullptr);
  map_.Set(BlockPage(span), nullptr);
}

}  // namespace headroom
