// The process's own heap under real threads: everything at once, through the
// names that programs use.
#include <malloc.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/stress/pattern.h"

namespace headroom {
namespace {

struct Seat {
  std::atomic<void*> block{nullptr};
};

// A block's first word is its size; the rest its pattern.
void* NewBlock(std::mt19937& random) {
  const size_t bytes = 8 + random() % (200000 >> random() % 14);
  const uint32_t kind = random() % 16;
  void* block = kind == 0   ? memalign(size_t{16} << random() % 9, bytes)
                : kind == 1 ? calloc(1, bytes)
                            : malloc(bytes);
  if (block == nullptr) return nullptr;
  FillPattern(block, bytes, PatternOf(block, bytes));
  memcpy(block, &bytes, sizeof(bytes));
  return block;
}
bool CheckAndFree(void* block) {
  if (block == nullptr) return true;
  size_t bytes;
  memcpy(&bytes, block, sizeof(bytes));
  const unsigned char pattern = PatternOf(block, bytes);
  memset(block, pattern, sizeof(bytes));
  const bool good = HasPattern(block, bytes, pattern);
  free(block);
  return good;
}

TEST(ProcessStressTest, ThreadsComeGoAndFreeEachOthersBlocks) {
  static std::vector<Seat> seats(2000);
  std::atomic<int> bad{0};
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([t, &bad] {
      for (uint32_t life = 0; life < 100; ++life) {
        std::thread([t, life, &bad] {
          std::mt19937 random(t * 100 + life);
          for (int i = 0; i < 3000; ++i) {
            void* block = NewBlock(random);
            Seat& seat = seats[random() % seats.size()];
            bad += !CheckAndFree(seat.block.exchange(block));
          }
        }).join();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (Seat& seat : seats) bad += !CheckAndFree(seat.block.exchange(nullptr));
  EXPECT_EQ(bad, 0);
}

TEST(ProcessStressTest, ThreadsOneAfterTheOtherLeaveNoMetadata) {
  const auto churn = [](int threads) {
    for (int i = 0; i < threads; ++i) {
      std::thread([] { free(malloc(100)); }).join();
    }
  };
  const auto metadata = [] {
    struct headroom_stats stats;
    headroom_stats(&stats, sizeof(stats));
    return stats.metadata_bytes;
  };
  // What a parked cache was handed by the main thread's blocks fills a magazine
  // only once.
  churn(3000);
  const size_t before = metadata();
  churn(3000);
  EXPECT_EQ(metadata(), before);
}

}  // namespace
}  // namespace headroom
