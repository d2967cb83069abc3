#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "allocator/thread/thread_registry.h"
#include "tests/thread/thread_fixture.h"

namespace headroom {
namespace {

class ParkedCachesTest : public ThreadFixture {
 protected:
  static constexpr SizeClass kOther = 20;

  ~ParkedCachesTest() override {
    registry_.FlushParked(ParkedCaches::kEndOfTime);
    EXPECT_EQ(registry_.parked_count(), 0u);
    EXPECT_EQ(registry_.cached_blocks(kClass), 0u);
    EXPECT_EQ(budget_.reserved(), 0u);
    EXPECT_EQ(budget_.caches(), 0u);
  }
  // A thread's whole life; returns its cache.
  ThreadCache* Live(size_t blocks) {
    ThreadCache* cache = registry_.Attach();
    PushAll(*cache, kClass, PopMany(*cache, kClass, blocks));
    registry_.Detach(cache);
    return cache;
  }
  // Until the cache has looked at the clock, if it is to do so.
  void Miss(ThreadCache& cache) {
    PushAll(cache, kOther, PopMany(cache, kOther, 10000));
  }
};

TEST_F(ParkedCachesTest, TheNextThreadGetsAllOfIt) {
  ThreadCache* cache = Live(100);
  const uint64_t cached = cache->cached_blocks(kClass);
  const uint64_t locks = central_.stats(kClass).lock_acquisitions;
  EXPECT_GE(cached, 100u);
  EXPECT_EQ(registry_.cached_blocks(kClass), cached);
  EXPECT_EQ(registry_.cache_count(), 0u);
  EXPECT_EQ(registry_.parked_count(), 1u);
  EXPECT_EQ(budget_.reserved(), cache->reserved());
  cache->leaving = true;

  ASSERT_EQ(registry_.Attach(), cache);
  EXPECT_FALSE(cache->leaving);
  EXPECT_EQ(registry_.cache_count(), 1u);
  EXPECT_EQ(registry_.parked_count(), 0u);
  PushAll(*cache, kClass, PopMany(*cache, kClass, 100));
  EXPECT_EQ(central_.stats(kClass).lock_acquisitions, locks);
  registry_.Detach(cache);
}

TEST_F(ParkedCachesTest, TheLastOneGoesFirst) {
  ThreadCache* first = registry_.Attach();
  ThreadCache* last = registry_.Attach();
  registry_.Detach(first);
  registry_.Detach(last);
  EXPECT_EQ(registry_.Attach(), last);
  EXPECT_EQ(registry_.Attach(), first);
  registry_.Detach(first);
  registry_.Detach(last);
}

TEST_F(ParkedCachesTest, NoMoreThanAFewAreParked) {
  std::vector<ThreadCache*> caches;
  for (uint32_t i = 0; i < ThreadRegistry::kMostParked + 5; ++i) {
    caches.push_back(registry_.Attach());
    PushAll(*caches.back(), kClass, PopMany(*caches.back(), kClass, 10));
  }
  uint64_t parked = 0;
  for (size_t i = 0; i < caches.size(); ++i) {
    if (i < ThreadRegistry::kMostParked) {
      parked += caches[i]->cached_blocks(kClass);
    }
    registry_.Detach(caches[i]);
  }
  EXPECT_EQ(registry_.parked_count(), ThreadRegistry::kMostParked);
  EXPECT_EQ(registry_.cached_blocks(kClass), parked);
  EXPECT_EQ(budget_.caches(), ThreadRegistry::kMostParked);
}

TEST_F(ParkedCachesTest, ACacheThatReservedMuchIsFlushed) {
  CacheBudget budget(16 * ThreadRegistry::kMostParkedBytes);
  ThreadRegistry registry(arena_,
                          {central_, scavenger_, budget, cells_, keys_});
  ThreadCache* cache = registry.Attach();
  SizeClass size_class = 0;
  while (cache->reserved() <= ThreadRegistry::kMostParkedBytes) {
    PushAll(*cache, size_class, PopMany(*cache, size_class, 1000));
    ASSERT_LT(++size_class, kSizeClassCount);
  }
  registry.Detach(cache);
  EXPECT_EQ(registry.parked_count(), 0u);
  EXPECT_EQ(budget.reserved(), 0u);
}

TEST_F(ParkedCachesTest, TheHeapDoesNotGrowWhileABlockIsParked) {
  ThreadCache* other = registry_.Attach();
  const uint64_t blocks = Live(100)->cached_blocks(kClass);
  const size_t pages = PagesInUse();
  std::vector<void*> taken;
  while (taken.size() < blocks) taken.push_back(Pop(*other, kClass));
  EXPECT_EQ(PagesInUse(), pages);
  EXPECT_EQ(registry_.parked_count(), 0u);
  PushAll(*other, kClass, taken);
  End(other);
}

TEST_F(ParkedCachesTest, NorForACacheWithoutBudget) {
  ThreadCache* other = registry_.Attach();
  const uint64_t blocks = Live(100)->cached_blocks(kClass);
  const size_t pages = PagesInUse();
  const size_t unspent = budget_.reserved();
  SpendBudget();
  const size_t spent = budget_.reserved() - unspent;
  std::vector<void*> taken;
  taken.push_back(Pop(*other, kClass));
  EXPECT_EQ(PagesInUse(), pages);
  EXPECT_EQ(registry_.parked_count(), 0u);
  while (taken.size() < blocks) taken.push_back(Pop(*other, kClass));
  EXPECT_EQ(PagesInUse(), pages);
  PushAll(*other, kClass, taken);
  budget_.Return(spent);
  End(other);
}

TEST_F(ParkedCachesTest, AMissFlushesThoseThatAreOld) {
  ThreadCache* other = registry_.Attach();
  // Live ones hold their spans: no new span from now on.
  std::vector<void*> live = PopMany(*other, kOther, 15000);
  for (size_t i = 0; i < live.size(); ++i) {
    if (i % 5 != 0) Push(*other, kOther, std::exchange(live[i], nullptr));
  }
  std::erase(live, nullptr);
  const size_t pages = PagesInUse();
  now_ms_ += 1;
  Live(10);
  now_ms_ += ParkedCaches::kParkedMs - 1;
  Miss(*other);
  EXPECT_EQ(registry_.parked_count(), 1u);
  now_ms_ += ParkedCaches::kParkedMs;
  Miss(*other);
  EXPECT_EQ(registry_.parked_count(), 0u);
  EXPECT_EQ(PagesInUse(), pages);
  PushAll(*other, kOther, live);
  End(other);
}

TEST_F(ParkedCachesTest, ADeathFlushesThoseThatAreOld) {
  ThreadCache* first = registry_.Attach();
  ThreadCache* second = registry_.Attach();
  ThreadCache* third = registry_.Attach();
  registry_.Detach(first);
  now_ms_ += ParkedCaches::kParkedMs - 1;
  registry_.Detach(second);
  EXPECT_EQ(registry_.parked_count(), 2u);
  now_ms_ += 1;
  registry_.Detach(third);
  EXPECT_EQ(registry_.parked_count(), 2u);
  EXPECT_EQ(registry_.Attach(), third);
  EXPECT_EQ(registry_.Attach(), second);
  registry_.Detach(second);
  registry_.Detach(third);
}

TEST_F(ParkedCachesTest, AForkedChildKeepsThem) {
  ThreadCache* own = registry_.Attach();
  ThreadCache* lost = registry_.Attach();
  ThreadCache* parked = registry_.Attach();
  for (ThreadCache* cache : {own, lost, parked}) {
    PushAll(*cache, kClass, PopMany(*cache, kClass, 50));
  }
  registry_.Detach(parked);
  registry_.ForgetAllBut(own);
  EXPECT_EQ(registry_.cache_count(), 1u);
  EXPECT_EQ(registry_.parked_count(), 1u);
  EXPECT_EQ(budget_.caches(), 2u);
  EXPECT_EQ(budget_.reserved(), own->reserved() + parked->reserved());
  EXPECT_EQ(registry_.cached_blocks(kClass),
            own->cached_blocks(kClass) + parked->cached_blocks(kClass));
  EXPECT_EQ(registry_.Attach(), parked);
  registry_.Detach(parked);
  registry_.Detach(own);
}

// Births, deaths, a heap that grows and statistics, all at once.
TEST_F(ParkedCachesTest, ThreadsComeAndGoAtOnce) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      std::vector<void*> kept;
      for (size_t i = 0; i < 300; ++i) {
        ThreadCache* cache = registry_.Attach();
        PushAll(*cache, kClass, PopMany(*cache, kClass, 50 * t));
        for (void* block : PopMany(*cache, kOther, 3)) kept.push_back(block);
        if (i % 50 == 49) {
          PushAll(*cache, kOther, kept);
          kept.clear();
          now_ms_ += 300;
        }
        registry_.cached_blocks(kClass);
        registry_.Detach(cache);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(registry_.parked_count(), 4u);
  EXPECT_EQ(registry_.cache_count(), 0u);
  EXPECT_EQ(LiveBlocks(kClass), 0u);
  EXPECT_EQ(LiveBlocks(kOther), 0u);
}

using ParkedCachesDeathTest = ParkedCachesTest;

TEST_F(ParkedCachesDeathTest, ABlockSmashedInAParkedCacheIsReported) {
  ThreadCache* cache = registry_.Attach();
  void* block = Pop(*cache, kClass);
  Push(*cache, kClass, block);
  registry_.Detach(cache);
  const uint64_t genuine = HeaderOf(block);
  HeaderOf(block) = genuine ^ 1;
  EXPECT_DEATH(registry_.FlushParked(ParkedCaches::kEndOfTime),
               "corrupt free block.*0x");
  EXPECT_DEATH(registry_.Attach()->Pop(kClass), "corrupt free block.*0x");
  HeaderOf(block) = genuine;
}

}  // namespace
}  // namespace headroom
