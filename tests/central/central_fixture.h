// Central lists over a real page heap over a fake memory source.
//
// Role: what the tests of the central layer and the thread layer need, in the
//   order in which the layers stand on each other.
#ifndef HEADROOM_TESTS_CENTRAL_CENTRAL_FIXTURE_H_
#define HEADROOM_TESTS_CENTRAL_CENTRAL_FIXTURE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "allocator/block/free_list.h"
#include "allocator/central/central_cache.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {

class CentralFixture : public ::testing::Test {
 protected:
  static constexpr SizeClass kClass = 4;

  CentralFixture() { now_ms_ = 1000000; }
  ~CentralFixture() override { EXPECT_FALSE(source_.abused); }

  static uint64_t Now() { return now_ms_; }

  Span* NewSpan(SizeClass size_class) {
    return pages_.NewSpan(PageCount{kSizeClasses[size_class].pages_per_span},
                          SpanUse::kSmall, size_class);
  }
  // Takes a chain apart; its length must be its count.
  std::vector<void*> BlocksOf(Batch batch) {
    std::vector<void*> blocks;
    for (void* block = batch.head; block != kListEnd;
         block = NextFree(keys_, block)) {
      blocks.push_back(block);
    }
    EXPECT_EQ(blocks.size(), batch.count);
    return blocks;
  }
  Batch MakeBatch(const std::vector<void*>& blocks) {
    Batch batch;
    for (void* block : blocks) {
      batch.head = PushFree(keys_, block, batch.head);
      ++batch.count;
    }
    return batch;
  }
  size_t PagesInUse() { return pages_.stats().in_use.value; }

  static inline std::atomic<uint64_t> now_ms_{0};
  FakeMemorySource source_;
  FakeMemorySource arena_source_{size_t{1} << 30};
  MetadataArena arena_{arena_source_};
  PageMap map_{arena_};
  PageHeap pages_{source_, arena_, map_, &Now};
  const SealKeys keys_ = MakeSealKeys(
      {0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xc2b2ae3d27d4eb4f});
  std::unique_ptr<CentralFreeLists> lists_ =
      std::make_unique<CentralFreeLists>();
  CentralCache central_{*lists_, arena_, pages_, map_, keys_};
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_CENTRAL_CENTRAL_FIXTURE_H_
