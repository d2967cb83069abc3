// What the heap costs, counted: locks taken, metadata, memory that threads
// keep for themselves.
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

class HeapBoundsTest : public ::testing::Test {
 protected:
  void PairsOf(TestThread& thread, size_t bytes, int pairs) {
    for (int i = 0; i < pairs; ++i) thread.Free(thread.Malloc(bytes));
  }
  // Allocates `blocks`, then frees them.
  void BatchOf(TestThread& thread, size_t bytes, size_t blocks) {
    held_.clear();
    for (size_t i = 0; i < blocks; ++i) held_.push_back(thread.Malloc(bytes));
    for (void* block : held_) thread.Free(block);
  }

  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  std::vector<void*> held_;
};

TEST_F(HeapBoundsTest, AMillionPairsTakeAHandfulOfLocks) {
  TestThread thread(*heap_);
  for (const size_t bytes : {8, 64, 1000, 30000}) {
    const uint64_t before = heap_->LockAcquisitions();
    PairsOf(thread, bytes, 1000000);
    EXPECT_LE(heap_->LockAcquisitions() - before, 5u) << bytes;
  }
}

// Wherever in its magazines a thread stands: a swing of a magazine's depth
// does not travel.
TEST_F(HeapBoundsTest, SmallSwingsStayInTheMagazines) {
  TestThread thread(*heap_);
  for (int i = 0; i < 100; ++i) BatchOf(thread, 64, 5000);
  std::vector<void*> kept;
  for (int offset = 0; offset < 20; ++offset) {
    for (int i = 0; i < 60; ++i) kept.push_back(thread.Malloc(64));
    BatchOf(thread, 64, 500);
    const uint64_t before = heap_->LockAcquisitions();
    for (int i = 0; i < 50; ++i) BatchOf(thread, 64, 500);
    EXPECT_LE(heap_->LockAcquisitions(), before + 2) << offset;
  }
  for (void* block : kept) thread.Free(block);
}

class DeepSwingTest : public HeapBoundsTest {
 protected:
  // Operations a lock taken, where `batches` go out and come back.
  uint64_t OperationsALock(size_t bytes, size_t batches) {
    TestThread thread(*heap_);
    const size_t depth = batches * kSizeClasses[SizeClassFor(bytes)].max_batch;
    // Its round through all classes, a lock or two each, is of no swing's.
    heap_->scavenger.RunIfDue();
    for (int i = 0; i < 4; ++i) BatchOf(thread, bytes, depth);
    const uint64_t before = heap_->LockAcquisitions();
    for (int i = 0; i < 10; ++i) BatchOf(thread, bytes, depth);
    return 10 * 2 * depth / (heap_->LockAcquisitions() - before);
  }
};

TEST_F(DeepSwingTest, OnTheStacksALockMovesABatch) {
  for (const size_t bytes : {8, 64, 250, 1000, 8000, 30000}) {
    EXPECT_GE(OperationsALock(bytes, 6),
              kSizeClasses[SizeClassFor(bytes)].max_batch)
        << bytes;
  }
}

// Too much for the stacks: blocks go to their spans, spans to the page heap.
TEST_F(DeepSwingTest, BeyondTheStacksALockStillMovesMany) {
  for (const size_t bytes : {64, 250, 1000}) {
    EXPECT_GE(OperationsALock(bytes, 50), 12u) << bytes;
  }
}

TEST_F(HeapBoundsTest, ThousandsOfThreadsOneAfterTheOtherLeaveNothing) {
  size_t metadata = 0;
  size_t heap_bytes = 0;
  for (int i = 0; i < 10000; ++i) {
    TestThread thread(*heap_);
    BatchOf(thread, 16 + i % 50 * 16, 20);
    BatchOf(thread, 40000 + i % 50 * 1000, 2);
    thread.Exit();
    // Every shard has met every class by now.
    if (i == 1000) {
      metadata = heap_->Stats().metadata_bytes;
      heap_bytes = heap_->Stats().heap_bytes;
    }
  }
  EXPECT_EQ(heap_->Stats().metadata_bytes, metadata);
  EXPECT_EQ(heap_->Stats().heap_bytes, heap_bytes);
  EXPECT_EQ(heap_->AllLiveBlocks(), 0u);
  EXPECT_EQ(heap_->BrokenInvariant(), "");
}

TEST_F(HeapBoundsTest, RealThreadsOneAfterTheOtherLeaveNothing) {
  size_t metadata = 0;
  for (int i = 0; i < 1000; ++i) {
    std::thread([this] {
      TestThread thread(*heap_);
      PairsOf(thread, 100, 10);
    }).join();
    if (i == 10) metadata = heap_->Stats().metadata_bytes;
  }
  EXPECT_EQ(heap_->Stats().metadata_bytes, metadata);
}

// Two thousand threads that worked once and then wait.
TEST_F(HeapBoundsTest, IdleThreadsTogetherKeepToTheBudget) {
  constexpr size_t kBudget = size_t{4} << 20;
  auto heap = std::make_unique<TestHeap>(kBudget);
  std::vector<std::unique_ptr<TestThread>> threads;
  for (int i = 0; i < 2000; ++i) {
    threads.push_back(std::make_unique<TestThread>(*heap));
    for (const size_t bytes : {20, 100, 1000, 9000}) {
      BatchOf(*threads.back(), bytes, 100);
    }
    ASSERT_LE(heap->Stats().small_cached, heap->budget.bound());
    ASSERT_LE(heap->budget.reserved(), heap->budget.bound());
  }
  EXPECT_GT(heap->Stats().small_cached, 0u);
  EXPECT_EQ(heap->BrokenInvariant(), "");
  threads.clear();
  EXPECT_EQ(heap->budget.reserved(), 0u);
  EXPECT_EQ(heap->AllLiveBlocks(), 0u);
}

// What one thread lets go, another gets: no memory for each way round.
TEST_F(HeapBoundsTest, ProducerAndConsumerReuseTheSameMemory) {
  TestThread producer(*heap_);
  TestThread consumer(*heap_);
  uint64_t heap_bytes = 0;
  for (int round = 0; round < 300; ++round) {
    held_.clear();
    for (int i = 0; i < 2000; ++i) held_.push_back(producer.Malloc(200));
    for (void* block : held_) consumer.Free(block);
    if (round == 30) heap_bytes = heap_->Stats().heap_bytes;
  }
  EXPECT_EQ(heap_->Stats().heap_bytes, heap_bytes);
}

// Idle batches and pages go back while others work on.
TEST_F(HeapBoundsTest, APeakIsForgotten) {
  TestThread thread(*heap_);
  BatchOf(thread, 500, 40000);
  BatchOf(thread, 100000, 200);
  const HeapStats peak = heap_->Stats();
  for (int i = 0; i < 200; ++i) {
    TestHeap::now_ms += 200;
    BatchOf(thread, 48, 5000);
  }
  const HeapStats later = heap_->Stats();
  EXPECT_LT(later.heap_bytes - later.free_clean, peak.heap_bytes / 10);
}

}  // namespace
}  // namespace headroom
