// Thread caches over real central lists over a fake memory source.
//
// Role: what the tests of the thread layer need above the central fixture.
#ifndef HEADROOM_TESTS_THREAD_THREAD_FIXTURE_H_
#define HEADROOM_TESTS_THREAD_THREAD_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "allocator/thread/thread_registry.h"
#include "tests/central/central_fixture.h"

namespace headroom {

// Over and above a ThreadCache: what front does around it.
class ThreadFixture : public CentralFixture {
 protected:
  static constexpr size_t kBudget = size_t{1} << 20;

  static Magazine& MagazineOf(ThreadCache& cache, SizeClass size_class) {
    return cache.MagazineAt(PayloadOfClass(size_class));
  }
  void* Pop(ThreadCache& cache, SizeClass size_class) {
    const uint64_t payload = PayloadOfClass(size_class);
    void* block = cache.TryPop(keys_, payload, keys_.free(), keys_.live());
    if (block == nullptr) block = cache.Pop(size_class);
    EXPECT_TRUE(block == nullptr || IsLive(size_class, block));
    return block;
  }
  void Push(ThreadCache& cache, SizeClass size_class, void* block) {
    const uint64_t payload = PayloadOfClass(size_class);
    if (!cache.TryPush(BlockSeal(keys_, block), block, payload, keys_.free())) {
      cache.Push(size_class, block);
    }
  }
  bool IsLive(SizeClass size_class, void* block) const {
    return BlockSeal(keys_, block)
        .Is(keys_.live(), PayloadOfClass(size_class), HeaderOf(block));
  }
  std::vector<void*> PopMany(ThreadCache& cache, SizeClass size_class,
                             size_t count) {
    std::vector<void*> blocks;
    for (size_t i = 0; i < count; ++i) {
      blocks.push_back(Pop(cache, size_class));
      EXPECT_NE(blocks.back(), nullptr);
    }
    return blocks;
  }
  void PushAll(ThreadCache& cache, SizeClass size_class,
               const std::vector<void*>& blocks) {
    for (void* block : blocks) Push(cache, size_class, block);
  }
  // The end of its thread; nothing stays parked.
  void End(ThreadCache* cache) {
    registry_.Detach(cache);
    registry_.FlushParked(ParkedCaches::kEndOfTime);
  }
  uint64_t LiveBlocks(SizeClass size_class) {
    const CentralStats stats = central_.stats(size_class);
    return stats.carved_blocks - stats.stacked_blocks - stats.span_blocks -
           registry_.cached_blocks(size_class);
  }
  static size_t CachedBytes(const ThreadCache& cache) {
    size_t bytes = 0;
    for (size_t i = 0; i < kSizeClassCount; ++i) {
      const auto size_class = static_cast<SizeClass>(i);
      bytes += cache.cached_blocks(size_class) * StrideOf(size_class);
    }
    return bytes;
  }

  // So that no cache gets more.
  void SpendBudget() {
    for (size_t bytes = budget_.limit(); bytes > 0; bytes /= 2) {
      while (budget_.TryReserve(bytes, 0)) {
      }
    }
    ASSERT_EQ(budget_.reserved(), budget_.limit());
  }
  void ReturnSpent(size_t kept) { budget_.Return(budget_.reserved() - kept); }

  Scavenger scavenger_{central_, pages_, &Now};
  CacheBudget budget_{kBudget, /*allowance=*/0};
  ThreadRegistry registry_{arena_,
                           {central_, scavenger_, budget_, cells_, keys_}};
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_THREAD_THREAD_FIXTURE_H_
