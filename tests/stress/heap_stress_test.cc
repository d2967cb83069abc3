// Real threads on one heap: everything at once, and then everything is back.
#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"
#include "tests/stress/pattern.h"

namespace headroom {
namespace {

constexpr size_t kMostBytes = 200000;
constexpr int kSizeBits = 18;
static_assert(kMostBytes < size_t{1} << kSizeBits);

// Blocks on their way from one thread to another: address and size in a word.
class Exchange {
 public:
  struct Block {
    void* start;
    size_t bytes;
  };

  explicit Exchange(size_t seats) : seats_(seats) {}

  // Leaves `block` there and takes what was there; a null start is nothing.
  Block Swap(size_t seat, Block block) {
    const uint64_t word =
        reinterpret_cast<uintptr_t>(block.start) / kBlockAlignment
            << kSizeBits |
        block.bytes;
    const uint64_t old =
        seats_[seat % seats_.size()].exchange(word, std::memory_order_acq_rel);
    return {reinterpret_cast<void*>((old >> kSizeBits) * kBlockAlignment),
            old & ((1u << kSizeBits) - 1)};
  }
  size_t size() const { return seats_.size(); }

 private:
  std::vector<std::atomic<uint64_t>> seats_;
};

class HeapStressTest : public ::testing::Test {
 protected:
  using Block = Exchange::Block;

  ~HeapStressTest() override {
    TestThread last(*heap_);
    for (size_t i = 0; i < exchange_.size(); ++i) {
      CheckAndFree(last, exchange_.Swap(i, {nullptr, 0}));
    }
    last.Exit();
    EXPECT_EQ(damaged_, 0);
    EXPECT_EQ(heap_->AllLiveBlocks(), 0u);
    EXPECT_EQ(heap_->Stats().live_bytes(), 0u);
    EXPECT_EQ(heap_->Stats().small_cached, 0u);
    EXPECT_EQ(heap_->budget.reserved(), 0u);
    EXPECT_EQ(heap_->BrokenInvariant(), "");
    heap_->ReleaseAll();
    EXPECT_EQ(heap_->Stats().free_clean, heap_->Stats().heap_bytes);
    EXPECT_EQ(heap_->BrokenInvariant(), "");
  }

  Block Allocate(TestThread& thread, std::mt19937& random) {
    const size_t bytes = random() % (kMostBytes >> random() % 16);
    const uint32_t kind = random() % 16;
    void* start;
    if (kind == 0) {
      start = thread.Memalign(size_t{16} << random() % 10, bytes);
    } else if (kind == 1) {
      start = thread.Calloc(bytes);
      if (!HasPattern(start, bytes, 0)) ++damaged_;
    } else {
      start = thread.Malloc(bytes);
    }
    if (start == nullptr || thread.UsableBytes(start) < bytes) ++damaged_;
    FillPattern(start, bytes, PatternOf(start, bytes));
    return {start, bytes};
  }
  Block Reallocate(TestThread& thread, Block block, size_t bytes) {
    const unsigned char pattern = PatternOf(block.start, block.bytes);
    if (!HasPattern(block.start, block.bytes, pattern)) ++damaged_;
    void* moved = thread.Realloc(block.start, bytes);
    const size_t kept = std::min({bytes, block.bytes, kPatternHead});
    if (!IsAll(moved, kept, pattern)) ++damaged_;
    FillPattern(moved, bytes, PatternOf(moved, bytes));
    return {moved, bytes};
  }
  void CheckAndFree(TestThread& thread, Block block) {
    if (block.start == nullptr) return;
    if (!HasPattern(block.start, block.bytes,
                    PatternOf(block.start, block.bytes))) {
      ++damaged_;
    }
    thread.Free(block.start);
  }
  // A thread's life: most of what it frees, another one allocated.
  void Live(uint32_t seed, int steps) {
    std::mt19937 random(seed);
    TestThread thread(*heap_);
    for (int i = 0; i < steps; ++i) {
      const Block found = exchange_.Swap(random(), Allocate(thread, random));
      if (found.start != nullptr && random() % 8 == 0) {
        const size_t bytes = 1 + random() % (kMostBytes >> random() % 16);
        CheckAndFree(
            thread, exchange_.Swap(random(), Reallocate(thread, found, bytes)));
      } else {
        CheckAndFree(thread, found);
      }
      if (i % 64 == 0) TestHeap::now_ms += 7;
    }
  }

  std::atomic<int> damaged_{0};
  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  Exchange exchange_{1000};
};

TEST_F(HeapStressTest, FourThreadsFreeEachOthersBlocks) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] { Live(t + 1, 30000); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HeapStressTest, ThreadsComeAndGo) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (uint32_t life = 0; life < 60; ++life) {
        std::thread([this, t, life] { Live(t * 1000 + life, 300); }).join();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HeapStressTest, StatisticsAndTrimmingInTheMiddle) {
  std::atomic<bool> stop{false};
  std::thread reader([this, &stop] {
    while (!stop) {
      const HeapStats stats = heap_->Stats();
      if (stats.heap_bytes < stats.free_dirty) ++damaged_;
      heap_->ReleaseAll();
    }
  });
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 3; ++t) {
    threads.emplace_back([this, t] { Live(t + 100, 8000); });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  reader.join();
}

// One thread only allocates, the other only frees.
TEST_F(HeapStressTest, ProducerAndConsumer) {
  std::atomic<bool> done{false};
  std::thread producer([this, &done] {
    TestThread thread(*heap_);
    for (uint32_t i = 0; i < 100000; ++i) {
      const size_t bytes = i % 500;
      void* start = thread.Malloc(bytes);
      FillPattern(start, bytes, PatternOf(start, bytes));
      Block block{start, bytes};
      // The seat may be taken: on to the next.
      for (size_t seat = i; block.start != nullptr; ++seat) {
        block = exchange_.Swap(seat, block);
        if (block.start == nullptr) break;
        if (seat % exchange_.size() == i % exchange_.size()) {
          std::this_thread::yield();
        }
      }
    }
    done = true;
  });
  std::thread consumer([this, &done] {
    TestThread thread(*heap_);
    while (!done) {
      for (size_t i = 0; i < exchange_.size(); ++i) {
        CheckAndFree(thread, exchange_.Swap(i, {nullptr, 0}));
      }
    }
    for (size_t i = 0; i < kSizeClassCount; ++i) {
      const auto size_class = static_cast<SizeClass>(i);
      if (thread.cache().cached_blocks(size_class) * StrideOf(size_class) >
          32 * 1024) {
        ++damaged_;
      }
    }
  });
  producer.join();
  consumer.join();
}

// Memory runs out for all of them, again and again.
TEST(HeapStressOutOfMemoryTest, RefusalsUnderLoad) {
  auto heap =
      std::make_unique<TestHeap>(TestHeap::kDefaultBudget, size_t{16} << 20);
  std::atomic<int> damaged{0};
  std::atomic<int> refusals{0};
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      TestThread thread(*heap);
      std::vector<std::pair<void*, size_t>> blocks;
      for (int i = 0; i < 20000; ++i) {
        const size_t bytes = random() % (kMostBytes >> random() % 8);
        void* start = thread.Malloc(bytes);
        if (start != nullptr) {
          FillPattern(start, bytes, PatternOf(start, bytes));
          blocks.push_back({start, bytes});
        } else {
          ++refusals;
        }
        if (start != nullptr && blocks.size() < 500) continue;
        for (size_t k = blocks.size(); k > 0 && k + 100 > blocks.size();) {
          --k;
          const auto [block, size] = blocks[k];
          if (!HasPattern(block, size, PatternOf(block, size))) ++damaged;
          thread.Free(block);
          blocks.pop_back();
        }
      }
      for (const auto& [block, size] : blocks) thread.Free(block);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(damaged, 0);
  EXPECT_GT(refusals, 0);
  EXPECT_EQ(heap->Stats().live_bytes(), 0u);
  EXPECT_EQ(heap->BrokenInvariant(), "");
}

}  // namespace
}  // namespace headroom
