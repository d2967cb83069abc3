// headroom.h: the same contracts by names of its own, and what only it has.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

struct headroom_stats Stats() {
  struct headroom_stats stats;
  EXPECT_EQ(headroom_stats(&stats, sizeof(stats)), 0);
  return stats;
}

TEST(HeadroomApiTest, VersionIsTheHeaders) {
  EXPECT_STREQ(headroom_version(), HEADROOM_VERSION);
}

TEST(HeadroomApiTest, AllocatesResizesAndFrees) {
  auto* block = static_cast<char*>(headroom_calloc(10, 100));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(std::all_of(block, block + 1000, [](char c) { return c == 0; }));
  Fill(block, 1000, 1);
  block = static_cast<char*>(headroom_realloc(block, 100000));
  EXPECT_TRUE(Holds(block, 1000, 1));
  block = static_cast<char*>(headroom_reallocarray(block, 10, 100));
  EXPECT_TRUE(Holds(block, 1000, 1));
  EXPECT_GE(headroom_usable_size(block), 1000u);
  EXPECT_EQ(headroom_usable_size(nullptr), 0u);
  headroom_free_sized(block, 1000);
  headroom_free(headroom_malloc(10));
  headroom_free(nullptr);
  EXPECT_EQ(headroom_realloc(headroom_malloc(5), 0), nullptr);
}

TEST(HeadroomApiTest, ErrorsAreThoseOfTheCNames) {
  errno = 0;
  EXPECT_EQ(headroom_malloc(SIZE_MAX), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  errno = 0;
  EXPECT_EQ(headroom_calloc(SIZE_MAX / 2, 3), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  errno = 0;
  EXPECT_EQ(headroom_reallocarray(nullptr, SIZE_MAX / 2, 3), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  errno = 0;
  EXPECT_EQ(headroom_aligned_alloc(48, 10), nullptr);
  EXPECT_EQ(errno, EINVAL);
  errno = 0;
  EXPECT_EQ(headroom_memalign(SIZE_MAX, 10), nullptr);
  EXPECT_EQ(errno, EINVAL);
  void* block = nullptr;
  errno = 0;
  EXPECT_EQ(headroom_posix_memalign(&block, 4, 10), EINVAL);
  EXPECT_EQ(headroom_posix_memalign(&block, 16, SIZE_MAX), ENOMEM);
  EXPECT_EQ(errno, 0);
}

TEST(HeadroomApiTest, AlignsAsAsked) {
  for (size_t alignment = 8; alignment <= 1 << 22; alignment *= 2) {
    void* first = headroom_aligned_alloc(alignment, 100);
    void* second = headroom_memalign(alignment, 100);
    void* third = nullptr;
    ASSERT_EQ(headroom_posix_memalign(&third, alignment, 100), 0);
    for (void* block : {first, second, third}) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
      Fill(block, 100, 1);
      headroom_free_aligned_sized(block, alignment, 100);
    }
  }
}

TEST(HeadroomApiTest, SharesTheHeapWithMalloc) {
  void* block = Opaque(malloc(100));
  Fill(block, 100, 1);
  block = headroom_realloc(block, 200000);
  EXPECT_TRUE(Holds(block, 100, 1));
  free(block);
  headroom_free(Opaque(malloc(100)));
}

TEST(NallocxTest, IsWhatABlockOfThatSizeHas) {
  for (size_t bytes = 0; bytes < 20000000; bytes += 1 + bytes / 9) {
    void* block = headroom_malloc(bytes);
    EXPECT_EQ(headroom_nallocx(bytes, 0), headroom_usable_size(block)) << bytes;
    headroom_sdallocx(block, bytes, 0);
  }
}

TEST(NallocxTest, IsAPromiseForAlignedBlocks) {
  for (int lg = 0; lg <= 20; ++lg) {
    for (size_t bytes = 1; bytes < 9000000; bytes += 1 + bytes / 2) {
      void* block = headroom_aligned_alloc(size_t{1} << lg, bytes);
      const size_t promised = headroom_nallocx(bytes, HEADROOM_LG_ALIGN(lg));
      ASSERT_GE(promised, bytes) << lg;
      ASSERT_LE(promised, headroom_usable_size(block)) << lg << " " << bytes;
      headroom_sdallocx(block, promised, HEADROOM_LG_ALIGN(lg));
    }
  }
}

TEST(NallocxTest, IsZeroForWhatCannotBe) {
  EXPECT_EQ(headroom_nallocx(SIZE_MAX, 0), 0u);
  EXPECT_EQ(headroom_nallocx(size_t{PTRDIFF_MAX} + 1, 0), 0u);
  EXPECT_EQ(headroom_nallocx(size_t{1} << 62, 62), 0u);
  EXPECT_EQ(headroom_nallocx(1, -1), 0u);
  EXPECT_EQ(headroom_nallocx(1, 63), 0u);
  EXPECT_EQ(headroom_nallocx(1, 64), 0u);
  headroom_sdallocx(nullptr, 5, 0);
}

TEST(StatsTest, AddUpToTheHeap) {
  const struct headroom_stats s = Stats();
  EXPECT_EQ(s.heap_bytes, s.small_live_bytes + s.small_cached_bytes +
                              s.small_central_bytes + s.small_uncut_bytes +
                              s.large_live_bytes + s.free_dirty_bytes +
                              s.free_clean_bytes);
  EXPECT_GE(s.thread_cache_count, 1u);
  EXPECT_GT(s.metadata_bytes, 0u);
}

TEST(StatsTest, FollowKnownAllocations) {
  std::vector<void*> blocks(1000);
  void* warm = headroom_malloc(1000);
  headroom_free(warm);
  const struct headroom_stats before = Stats();
  for (void*& block : blocks) block = headroom_malloc(1000);
  void* large = headroom_malloc(1 << 20);
  void* mapping = headroom_malloc(64 << 20);
  const struct headroom_stats during = Stats();
  const uint64_t stride = headroom_nallocx(1000, 0) + 8;
  EXPECT_EQ(during.small_live_bytes, before.small_live_bytes + 1000 * stride);
  EXPECT_GE(during.large_live_bytes, before.large_live_bytes + (1 << 20));
  EXPECT_LE(during.large_live_bytes,
            before.large_live_bytes + (1 << 20) + 16384);
  EXPECT_EQ(during.mapping_count, before.mapping_count + 1);
  EXPECT_GE(during.mapping_bytes, before.mapping_bytes + (64 << 20));
  EXPECT_LE(during.mapping_bytes, before.mapping_bytes + (64 << 20) + 16384);
  for (void* block : blocks) headroom_free(block);
  headroom_free(large);
  headroom_free(mapping);
  const struct headroom_stats after = Stats();
  EXPECT_EQ(after.small_live_bytes, before.small_live_bytes);
  EXPECT_EQ(after.large_live_bytes, before.large_live_bytes);
  EXPECT_EQ(after.mapping_bytes, before.mapping_bytes);
  EXPECT_EQ(after.mapping_count, before.mapping_count);
}

TEST(StatsTest, ServesOlderAndNewerCallers) {
  struct {
    uint64_t heap_bytes;
    uint64_t untouched = 42;
  } older;
  EXPECT_EQ(headroom_stats(reinterpret_cast<struct headroom_stats*>(&older),
                           sizeof(older.heap_bytes)),
            0);
  EXPECT_GT(older.heap_bytes, 0u);
  EXPECT_EQ(older.untouched, 42u);
  struct {
    struct headroom_stats known;
    uint64_t unknown = 42;
  } newer;
  EXPECT_EQ(headroom_stats(&newer.known, sizeof(newer)), 0);
  EXPECT_GT(newer.known.heap_bytes, 0u);
  EXPECT_EQ(newer.unknown, 0u);
  EXPECT_EQ(headroom_stats(nullptr, 8), EINVAL);
}

TEST(ReleaseMemoryTest, GivesFreePagesBack) {
  std::vector<void*> blocks(20000);
  for (void*& block : blocks) {
    block = headroom_malloc(2000);
    Fill(block, 2000, 1);
  }
  for (void* block : blocks) headroom_free(block);
  headroom_release_memory(SIZE_MAX);
  const struct headroom_stats stats = Stats();
  EXPECT_EQ(stats.free_dirty_bytes, 0u);
  EXPECT_GT(stats.free_clean_bytes, 30u << 20);
  EXPECT_EQ(headroom_release_memory(SIZE_MAX), 0u);
}

}  // namespace
}  // namespace headroom
