#include "allocator/front/heap_stats.h"

namespace headroom {

HeapStats CollectHeapStats(ThreadRegistry& registry, CentralCache& central,
                           const PageHeap& pages, const MetadataArena& arena) {
  HeapStats stats;
  uint64_t small_pages = 0;
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    const SizeClassInfo& info = kSizeClasses[i];
    const CentralStats list = central.stats(size_class);
    const uint64_t cached = registry.cached_blocks(size_class);
    const uint64_t central_blocks = list.stacked_blocks + list.span_blocks;
    const uint64_t idle = cached + central_blocks;
    // Blocks may travel between the two readings.
    const uint64_t live =
        list.carved_blocks > idle ? list.carved_blocks - idle : 0;
    stats.small_live += live * info.stride;
    stats.small_cached += cached * info.stride;
    stats.small_central += central_blocks * info.stride;
    const uint64_t span_bytes =
        list.spans * PageCount{info.pages_per_span}.bytes();
    stats.small_uncut += span_bytes - list.carved_blocks * info.stride;
    small_pages += span_bytes;
  }
  const PageHeapStats page_stats = pages.stats();
  stats.heap_bytes = page_stats.heap.bytes();
  const uint64_t in_use = page_stats.in_use.bytes();
  stats.large_live = in_use > small_pages ? in_use - small_pages : 0;
  stats.free_dirty = page_stats.free_dirty.bytes();
  stats.free_clean = page_stats.free_clean.bytes();
  stats.mapping_bytes = page_stats.mapping_bytes;
  stats.mapping_count = page_stats.mappings;
  stats.kept_bytes = page_stats.kept_bytes;
  stats.metadata_bytes = arena.stats().held_bytes;
  stats.thread_caches = registry.cache_count();
  return stats;
}

}  // namespace headroom
