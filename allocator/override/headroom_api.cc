// headroom_malloc and its family: the public names of headroom.h.
//
// Role: the same contracts as the C names, by names that no libc has; the
//   whole of the prefixed build.
// Takes from: contracts, allocator.h. Gives to: the program. Thread-safe.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/allocator.h"
#include "allocator/headroom.h"
#include "allocator/override/contracts.h"
#include "allocator/override/export.h"

namespace {

constexpr int kMaxLgAlign = 62;

struct headroom_stats PublicStats(const headroom::HeapStats& stats) {
  struct headroom_stats out = {};
  out.heap_bytes = stats.heap_bytes;
  out.small_live_bytes = stats.small_live;
  out.small_cached_bytes = stats.small_cached;
  out.small_central_bytes = stats.small_central;
  out.small_uncut_bytes = stats.small_uncut;
  out.large_live_bytes = stats.large_live;
  out.free_dirty_bytes = stats.free_dirty;
  out.free_clean_bytes = stats.free_clean;
  out.mapping_bytes = stats.mapping_bytes;
  out.mapping_count = stats.mapping_count;
  out.metadata_bytes = stats.metadata_bytes;
  out.thread_cache_count = stats.thread_caches;
  out.kept_bytes = stats.kept_bytes;
  return out;
}

}  // namespace

extern "C" {

const char* headroom_version() noexcept { return HEADROOM_VERSION; }

void* headroom_malloc(size_t bytes) noexcept { return headroom::Malloc(bytes); }

void* headroom_calloc(size_t count, size_t bytes) noexcept {
  return headroom::Calloc(count, bytes);
}

HEADROOM_EXPORT_FREE void* headroom_realloc(void* block,
                                            size_t bytes) noexcept {
  return headroom::Realloc(block, bytes);
}

HEADROOM_EXPORT_FREE void* headroom_reallocarray(void* block, size_t count,
                                                 size_t bytes) noexcept {
  return headroom::ReallocArray(block, count, bytes);
}

HEADROOM_EXPORT_FREE void headroom_free(void* block) noexcept {
  headroom::Free(block);
}

HEADROOM_EXPORT_FREE void headroom_free_sized(void* block,
                                              size_t bytes) noexcept {
  headroom::FreeSized(block, bytes);
}

HEADROOM_EXPORT_FREE void headroom_free_aligned_sized(void* block,
                                                      size_t alignment,
                                                      size_t bytes) noexcept {
  headroom::FreeAlignedSized(block, alignment, bytes);
}

void* headroom_aligned_alloc(size_t alignment, size_t bytes) noexcept {
  return headroom::AlignedAlloc(alignment, bytes);
}

int headroom_posix_memalign(void** result, size_t alignment,
                            size_t bytes) noexcept {
  return headroom::PosixMemalign(result, alignment, bytes);
}

void* headroom_memalign(size_t alignment, size_t bytes) noexcept {
  return headroom::Memalign(alignment, bytes);
}

size_t headroom_usable_size(const void* block) noexcept {
  return headroom::UsableSize(block);
}

size_t headroom_nallocx(size_t bytes, int flags) noexcept {
  if (flags < 0 || flags > kMaxLgAlign) return 0;
  const size_t alignment =
      std::max(size_t{1} << flags, headroom::kBlockAlignment);
  if (bytes > headroom::kMaxRequestBytes ||
      alignment > headroom::kMaxRequestBytes - bytes) {
    return 0;
  }
  return headroom::GoodSize(bytes, alignment);
}

HEADROOM_EXPORT_FREE void headroom_sdallocx(void* block, size_t bytes,
                                            int flags) noexcept {
  headroom::FreeAlignedSized(block, size_t{1} << (flags & 63), bytes);
}

size_t headroom_release_memory(size_t bytes) noexcept {
  return headroom::ReleaseProcessMemory(bytes);
}

int headroom_stats(struct headroom_stats* stats, size_t size) noexcept {
  if (stats == nullptr) return EINVAL;
  const struct headroom_stats all = PublicStats(headroom::ProcessHeapStats());
  const size_t known = size < sizeof(all) ? size : sizeof(all);
  memcpy(stats, &all, known);
  memset(reinterpret_cast<char*>(stats) + known, 0, size - known);
  return 0;
}

void headroom_set_report_hook(headroom_report_hook hook,
                              void* context) noexcept {
  headroom::process::report_hook.Set(hook, context);
}

void headroom_report_line(struct headroom_report* report,
                          const char* text) noexcept {
  report->writer.Text("  ").Text(text).Text("\n");
}

}  // extern "C"
