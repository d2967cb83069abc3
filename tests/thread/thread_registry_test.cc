#include "allocator/thread/thread_registry.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "tests/thread/thread_fixture.h"

namespace headroom {
namespace {

using ThreadRegistryTest = ThreadFixture;

TEST_F(ThreadRegistryTest, CountsTheLivingAndWhatTheyHold) {
  std::vector<ThreadCache*> caches;
  for (int i = 0; i < 5; ++i) {
    caches.push_back(registry_.Attach());
    Push(*caches.back(), kClass, Pop(*caches.back(), kClass));
  }
  EXPECT_EQ(registry_.cache_count(), 5u);
  uint64_t blocks = 0;
  for (ThreadCache* cache : caches) blocks += cache->cached_blocks(kClass);
  EXPECT_GT(blocks, 4u);
  EXPECT_EQ(registry_.cached_blocks(kClass), blocks);
  // From the middle, the head and the tail of the list.
  for (const size_t i : {2, 4, 0, 1, 3}) {
    blocks -= caches[i]->cached_blocks(kClass);
    End(caches[i]);
    EXPECT_EQ(registry_.cached_blocks(kClass), blocks);
  }
  EXPECT_EQ(registry_.cache_count(), 0u);
  EXPECT_EQ(LiveBlocks(kClass), 0u);
  EXPECT_EQ(budget_.reserved(), 0u);
  // Whoever comes next, in the same memory, meets none of them.
  for (ThreadCache*& cache : caches) {
    cache = registry_.Attach();
    EXPECT_EQ(registry_.cached_blocks(kClass), 0u);
  }
  for (ThreadCache* cache : caches) End(cache);
}

TEST_F(ThreadRegistryTest, NeighboursGetDifferentShards) {
  ThreadCache* a = registry_.Attach();
  ThreadCache* b = registry_.Attach();
  void* of_a = Pop(*a, kClass);
  void* of_b = Pop(*b, kClass);
  EXPECT_NE(map_.Get(PageContaining(of_a)), map_.Get(PageContaining(of_b)));
  Push(*a, kClass, of_a);
  Push(*b, kClass, of_b);
  End(a);
  End(b);
}

TEST_F(ThreadRegistryTest, CachesOfTheDeadServeTheLiving) {
  size_t used = 0;
  for (int i = 0; i < 10000; ++i) {
    ThreadCache* cache = registry_.Attach();
    Push(*cache, kClass, Pop(*cache, kClass));
    registry_.Detach(cache);
    // The first one filled the page map.
    if (i == 1) used = arena_.stats().used_bytes;
  }
  EXPECT_EQ(arena_.stats().used_bytes, used);
}

TEST_F(ThreadRegistryTest, OutOfMemoryIsNullAndPasses) {
  arena_source_.grow_works = false;
  std::vector<ThreadCache*> caches;
  for (;;) {
    ThreadCache* cache = registry_.Attach();
    if (cache == nullptr) break;
    caches.push_back(cache);
  }
  EXPECT_EQ(registry_.cache_count(), caches.size());
  arena_source_.grow_works = true;
  caches.push_back(registry_.Attach());
  ASSERT_NE(caches.back(), nullptr);
  for (ThreadCache* cache : caches) End(cache);
  EXPECT_EQ(registry_.cache_count(), 0u);
}

TEST_F(ThreadRegistryTest, ThreadsComeAndGoAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 300; ++i) {
        ThreadCache* cache = registry_.Attach();
        PushAll(*cache, kClass, PopMany(*cache, kClass, 200));
        registry_.cached_blocks(kClass);
        registry_.Detach(cache);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  registry_.FlushParked(ParkedCaches::kEndOfTime);
  EXPECT_EQ(registry_.cache_count(), 0u);
  EXPECT_EQ(LiveBlocks(kClass), 0u);
  EXPECT_EQ(budget_.reserved(), 0u);
}

TEST_F(ThreadRegistryTest, AForkedChildKeepsItsOwnCacheAndBudgetAlone) {
  ThreadCache* own = registry_.Attach();
  ThreadCache* other = registry_.Attach();
  PushAll(*own, kClass, PopMany(*own, kClass, 200));
  const size_t reserved = budget_.reserved();
  PushAll(*other, kClass, PopMany(*other, kClass, 500));
  ASSERT_GT(budget_.reserved(), reserved);
  registry_.ForgetAllBut(own);
  EXPECT_EQ(registry_.cache_count(), 1u);
  EXPECT_EQ(budget_.reserved(), reserved);
  EXPECT_EQ(budget_.caches(), 1u);
  EXPECT_EQ(registry_.cached_blocks(kClass), own->cached_blocks(kClass));
  End(own);
  EXPECT_EQ(budget_.reserved(), 0u);
  registry_.ForgetAllBut(nullptr);
  EXPECT_EQ(registry_.cache_count(), 0u);
}

}  // namespace
}  // namespace headroom
