// Many threads, one pool: no slot is given twice, every count comes out even.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "allocator/guard/guard_pool.h"
#include "gtest/gtest.h"
#include "tests/guard/guard_fixture.h"

namespace headroom {
namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 3000;

class GuardStressTest : public GuardTest {};

TEST_F(GuardStressTest, ThreadsFreeEachOthersBlocks) {
  std::atomic<unsigned char*> shared[40] = {};
  std::atomic<int> given{0};
  std::atomic<int> freed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < kRounds; ++i) {
        const size_t bytes = random() % 600 + 1;
        unsigned char* block = Allocate(bytes, 16, t + 1);
        if (block != nullptr) {
          ++given;
          // Whoever had it too would see this.
          memset(block, t + 1, bytes);
          ASSERT_EQ(pool_.BytesOf(block), bytes);
          ASSERT_EQ(block[0], t + 1);
          ASSERT_EQ(block[bytes - 1], t + 1);
        }
        block = shared[random() % 40].exchange(block);
        if (block == nullptr) continue;
        ASSERT_EQ(Free(block), GuardPool::FreeResult::kFreed);
        ++freed;
      }
    });
  }
  // A reporter that looks all the time.
  std::atomic<bool> done{false};
  std::thread reporter([&] {
    GuardPool::Description description;
    while (!done) {
      unsigned char* block = shared[7];
      if (block == nullptr) continue;
      if (pool_.Describe(block, &description) && description.live) {
        ASSERT_EQ(description.allocated_at.count, 1u);
        ASSERT_GE(description.allocated_at.frames[0], 1u);
        ASSERT_LE(description.allocated_at.frames[0], uintptr_t{kThreads});
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
  done = true;
  reporter.join();
  for (std::atomic<unsigned char*>& block : shared) {
    if (block != nullptr) {
      EXPECT_EQ(Free(block), GuardPool::FreeResult::kFreed);
      ++freed;
    }
  }
  EXPECT_EQ(given, freed);
  EXPECT_EQ(pool_.stats().live, 0u);
  EXPECT_EQ(pool_.stats().live_bytes, 0u);
  EXPECT_EQ(pool_.stats().open_bytes, 0u);
  EXPECT_EQ(source_.protected_bytes(), kGuardPoolBytes);
  size_t capacity = 0;
  while (Allocate(1) != nullptr) ++capacity;
  EXPECT_EQ(capacity, kGuardSlots);
}

TEST_F(GuardStressTest, OfTwoThatFreeOneBlockOneSucceeds) {
  std::atomic<unsigned char*> block{nullptr};
  std::atomic<int> freed{0};
  std::atomic<int> refused{0};
  std::atomic<int> arrived{0};
  std::vector<std::thread> threads;
  constexpr int kBlocks = 500;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kBlocks; ++i) {
        if (t == 0) block = Allocate(64);
        // All come together here, twice a block.
        ++arrived;
        while (arrived < (2 * i + 1) * kThreads) std::this_thread::yield();
        const GuardPool::FreeResult result = Free(block);
        result == GuardPool::FreeResult::kFreed ? ++freed : ++refused;
        ++arrived;
        while (arrived < (2 * i + 2) * kThreads) std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(freed, kBlocks);
  EXPECT_EQ(refused, kBlocks * (kThreads - 1));
}

}  // namespace
}  // namespace headroom
