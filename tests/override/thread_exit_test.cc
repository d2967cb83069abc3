// Threads come and go: destructors of thread-locals and of pthread keys
// allocate and free, and a thread's memory is there for the next one.
#include <limits.h>
#include <malloc.h>
#include <pthread.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"
#include "tests/override/resident.h"

namespace headroom {
namespace {

struct headroom_stats Stats() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats;
}

uint64_t LiveBytes() {
  const struct headroom_stats stats = Stats();
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

struct Busy {
  std::vector<std::unique_ptr<std::string>> strings;
  ~Busy() {
    strings.clear();
    for (size_t n = 1; n < 100000; n *= 3) free(Opaque(malloc(n)));
  }
};
thread_local Busy busy;

// The first threads may fill lists that live for ever.
void RunThreads(int count, void (*body)()) {
  for (int i = 0; i < count; ++i) std::thread(body).join();
}

void UseThreadLocal() {
  for (size_t i = 0; i < 100; ++i) {
    busy.strings.push_back(std::make_unique<std::string>(i * 10, 'x'));
  }
}

TEST(ThreadExitTest, ThreadLocalDestructorsFree) {
  RunThreads(10, &UseThreadLocal);
  const uint64_t before = LiveBytes();
  RunThreads(100, &UseThreadLocal);
  EXPECT_EQ(LiveBytes(), before);
}

pthread_key_t key;
thread_local int rounds = 0;

// Comes back as often as POSIX allows, so some rounds run after the heap's own
// destructor, whatever the order of the keys.
void InKeyDestructor(void* block) {
  if (Holds(block, 200, 4)) free(block);
  void* next = Opaque(malloc(200));
  Fill(next, 200, 4);
  if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(key, next);
  } else {
    free(next);
  }
}

void SetKey() {
  void* block = Opaque(malloc(200));
  Fill(block, 200, 4);
  pthread_setspecific(key, block);
}

TEST(ThreadExitTest, KeyDestructorsAllocateAndFreeInEveryRound) {
  ASSERT_EQ(pthread_key_create(&key, &InKeyDestructor), 0);
  RunThreads(10, &SetKey);
  const uint64_t before = LiveBytes();
  const uint64_t caches = Stats().thread_cache_count;
  RunThreads(100, &SetKey);
  EXPECT_EQ(LiveBytes(), before);
  EXPECT_EQ(Stats().thread_cache_count, caches);
}

// Fills and frees some MB of mixed sizes.
void UseMuch() {
  std::vector<void*> blocks;
  for (size_t i = 0; i < 300; ++i) {
    const size_t bytes = 16 + i * 37 % 8000;
    blocks.push_back(Opaque(malloc(bytes)));
    Fill(blocks.back(), bytes, 1);
  }
  for (void* block : blocks) free(block);
}

void UseMuchFourAtATime(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::thread> four;
    for (int j = 0; j < 4; ++j) four.emplace_back(&UseMuch);
    for (std::thread& thread : four) thread.join();
  }
}

TEST(ThreadExitTest, TenThousandThreadsLeaveNothingBehind) {
  // Until every shard has its stacks.
  UseMuchFourAtATime(200);
  const size_t resident = ResidentBytes();
  const struct headroom_stats before = Stats();
  UseMuchFourAtATime(2300);
  const struct headroom_stats after = Stats();
  EXPECT_EQ(after.thread_cache_count, before.thread_cache_count);
  // The central lists' stacks get their room one by one.
  EXPECT_LT(after.metadata_bytes, before.metadata_bytes + (1 << 20));
  EXPECT_LT(ResidentBytes(), resident + (16 << 20));
}

TEST(ThreadExitTest, ATrimTakesWhatTheDeadLeft) {
  malloc_trim(0);
  const uint64_t before = Stats().small_cached_bytes;
  std::thread([] {
    std::vector<void*> blocks(100);
    for (void*& block : blocks) block = Opaque(malloc(500));
    for (void* block : blocks) free(block);
  }).join();
  EXPECT_GE(Stats().small_cached_bytes, before + 100 * 500);
  malloc_trim(0);
  EXPECT_LE(Stats().small_cached_bytes, before);
}

TEST(ThreadExitTest, BlocksOutliveTheirThread) {
  std::vector<void*> blocks(1000);
  std::thread maker([&blocks] {
    for (size_t i = 0; i < blocks.size(); ++i) {
      blocks[i] = Opaque(malloc(i));
      Fill(blocks[i], i, 5);
    }
  });
  maker.join();
  RunThreads(10, &UseMuch);
  for (size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_TRUE(Holds(blocks[i], i, 5)) << i;
    free(blocks[i]);
  }
}

}  // namespace
}  // namespace headroom
