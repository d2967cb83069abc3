// Central lists over a real page heap over a fake memory source.
//
// Role: what the tests of the central layer and the thread layer need, in the
//   order in which the layers stand on each other.
#ifndef HEADROOM_TESTS_CENTRAL_CENTRAL_FIXTURE_H_
#define HEADROOM_TESTS_CENTRAL_CENTRAL_FIXTURE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "allocator/base/options.h"
#include "allocator/block/block_payload.h"
#include "allocator/central/central_cache.h"
#include "allocator/system/cell_pool.h"
#include "gtest/gtest.h"
#include "tests/block/test_keys.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {

class CentralFixture : public ::testing::Test {
 protected:
  static constexpr SizeClass kClass = 4;

  CentralFixture() { now_ms_ = 1000000; }
  ~CentralFixture() override { EXPECT_FALSE(source_.abused); }

  static uint64_t Now() { return now_ms_; }

  using Blocks = std::vector<void*>;

  // A span as CentralCache makes them.
  Span* NewSpan(SizeClass size_class) {
    const uint32_t words = BitmapWords(size_class);
    void** cells = cells_.Allocate(words);
    std::fill(cells, cells + words, nullptr);
    Span* span =
        pages_.NewSpan(PageCount{kSizeClasses[size_class].pages_per_span},
                       SpanUse::kSmall, size_class);
    span->free_bits = reinterpret_cast<uint64_t*>(cells);
    return span;
  }
  void DeleteSpan(Span* span) {
    cells_.Free(reinterpret_cast<void**>(span->free_bits),
                BitmapWords(span->size_class));
    pages_.DeleteSpan(span);
  }
  // Blocks from the central cache: at most `want`.
  Blocks Take(SizeClass size_class, uint32_t shard, uint32_t want) {
    Blocks blocks(want);
    uint32_t count = central_.Take(size_class, shard, blocks.data(), want);
    if (count == 0) {
      count = central_.TakeFromNewSpan(size_class, shard, blocks.data(), want);
    }
    blocks.resize(count);
    for (void* block : blocks) EXPECT_TRUE(IsFree(size_class, block));
    return blocks;
  }
  void Put(SizeClass size_class, uint32_t shard, const Blocks& blocks) {
    central_.Put(size_class, shard, blocks.data(),
                 static_cast<uint32_t>(blocks.size()));
  }
  bool IsFree(SizeClass size_class, void* block) const {
    return BlockSeal(keys_, block)
        .Is(keys_.free(), PayloadOfClass(size_class), HeaderOf(block));
  }
  void SealAs(const uint64_t& state, SizeClass size_class, void* block) const {
    HeaderOf(block) =
        BlockSeal(keys_, block).Seal(state, PayloadOfClass(size_class));
  }
  size_t PagesInUse() { return pages_.stats().in_use.value; }

  static inline std::atomic<uint64_t> now_ms_{0};
  FakeMemorySource source_;
  FakeMemorySource arena_source_{size_t{1} << 30};
  MetadataArena arena_{arena_source_};
  PageMap map_{arena_};
  PageHeap pages_{source_, arena_, map_, &Now};
  CellPool cells_{arena_};
  const SealKeys keys_ = TestKeys(1);
  Options options_;
  std::unique_ptr<CentralFreeLists> lists_ =
      std::make_unique<CentralFreeLists>();
  CentralCache central_{*lists_, arena_, cells_, pages_, map_, keys_, options_};
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_CENTRAL_CENTRAL_FIXTURE_H_
