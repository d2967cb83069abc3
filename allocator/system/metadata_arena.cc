#include "allocator/system/metadata_arena.h"

namespace headroom {
namespace {

// A request that would leave most of a chunk's rest unused.
constexpr size_t kOwnMappingBytes = kArenaChunkBytes / 4;

}  // namespace

void* MetadataArena::Allocate(size_t bytes, size_t alignment) {
  if (bytes > kMaxRequestBytes) return nullptr;
  LockGuard guard(lock_);
  if (bytes >= kOwnMappingBytes) {
    const MemoryRange own = TakeFromSource(bytes);
    if (own.empty()) return nullptr;
    stats_.used_bytes += bytes;
    return reinterpret_cast<void*>(own.start);
  }
  uintptr_t start = AlignUp(cursor_, alignment);
  if (start + bytes + kGapBytes > chunk_end_) {
    const MemoryRange chunk = TakeFromSource(kArenaChunkBytes);
    if (chunk.empty()) return nullptr;
    start = chunk.start;
    chunk_end_ = chunk.end();
  }
  cursor_ = start + bytes + kGapBytes;
  CloseMemory({start + bytes, kGapBytes});
  stats_.used_bytes += bytes;
  return reinterpret_cast<void*>(start);
}

MemoryRange MetadataArena::TakeFromSource(size_t bytes) {
  const MemoryRange range = source_.Grow(AlignUp(bytes, kKernelPageBytes),
                                         kKernelPageBytes, GrowKind::kMapping);
  stats_.held_bytes += range.bytes;
  return range;
}

MetadataArenaStats MetadataArena::stats() const {
  LockGuard guard(lock_);
  return stats_;
}

void MetadataArena::AcquireForFork() { lock_.Acquire(); }

void MetadataArena::ReleaseAfterFork(bool in_child) {
  in_child ? lock_.ResetAfterFork() : lock_.Release();
}

}  // namespace headroom
