// Workloads in which blocks, or threads, come and go between threads.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "bench/block.h"
#include "bench/workloads.h"
#include "benchmark/benchmark.h"

namespace headroom {
namespace {

constexpr int kMostThreads = 64;
constexpr uint32_t kLeastBytes = 16;
constexpr uint32_t kMostBytes = 512;

uint32_t SomeBytes(Dice& dice) {
  return kLeastBytes + dice.Roll(kMostBytes - kLeastBytes + 1);
}

// A queue of one producer and one consumer.
class Ring {
 public:
  static constexpr size_t kPlaces = 1024;

  void Push(char* block) {
    const size_t end = end_.load(std::memory_order_relaxed);
    while (end - begin_.load(std::memory_order_acquire) == kPlaces) {
      std::this_thread::yield();
    }
    places_[end % kPlaces] = block;
    end_.store(end + 1, std::memory_order_release);
  }
  char* Pop() {
    const size_t begin = begin_.load(std::memory_order_relaxed);
    while (end_.load(std::memory_order_acquire) == begin) {
      std::this_thread::yield();
    }
    char* block = places_[begin % kPlaces];
    begin_.store(begin + 1, std::memory_order_release);
    return block;
  }

 private:
  alignas(64) std::atomic<size_t> begin_{0};
  alignas(64) std::atomic<size_t> end_{0};
  alignas(64) std::array<char*, kPlaces> places_ = {};
};

using BlockSet = std::vector<char*>;

std::unique_ptr<BlockSet> NewSet(Dice& dice) {
  constexpr size_t kBlocks = 1000;
  auto blocks = std::make_unique<BlockSet>(kBlocks);
  for (char*& block : *blocks) block = NewBlock(SomeBytes(dice));
  return blocks;
}

void DeleteSet(std::unique_ptr<BlockSet> blocks) {
  if (blocks == nullptr) return;
  for (char* block : *blocks) DeleteBlock(block);
}

// Where a thread and the one before it exchange sets of blocks.
std::array<std::atomic<BlockSet*>, kMostThreads> shelves;

std::unique_ptr<BlockSet> Exchange(size_t shelf,
                                   std::unique_ptr<BlockSet> blocks) {
  return std::unique_ptr<BlockSet>(shelves[shelf].exchange(blocks.release()));
}

std::array<Ring, kMostThreads / 2> rings;

}  // namespace

void Larson(benchmark::State& state) {
  constexpr uint32_t kReplacementsPerSet = 5000;
  const auto own = static_cast<size_t>(state.thread_index());
  const size_t next = (own + 1) % static_cast<size_t>(state.threads());
  Dice dice(own + 1);
  std::unique_ptr<BlockSet> blocks = NewSet(dice);
  uint32_t replacements = 0;
  for (auto _ : state) {
    char*& block = (*blocks)[dice.Roll(static_cast<uint32_t>(blocks->size()))];
    DeleteBlock(block);
    block = NewBlock(SomeBytes(dice));
    if (++replacements % kReplacementsPerSet != 0) continue;
    const bool even = replacements / kReplacementsPerSet % 2 == 0;
    blocks = Exchange(even ? own : next, std::move(blocks));
    if (blocks == nullptr) blocks = NewSet(dice);
  }
  DeleteSet(std::move(blocks));
  DeleteSet(Exchange(own, nullptr));
  state.SetItemsProcessed(state.iterations());
}

// All threads run the same number of iterations, so what is produced is
// consumed. An iteration is an eighth of a ring, so that one thread, which
// first produces and then consumes, never waits for itself.
void ProducerConsumer(benchmark::State& state) {
  constexpr int64_t kBlocks = Ring::kPlaces / 8;
  const int index = state.thread_index();
  Ring& ring = rings[static_cast<size_t>(index / 2)];
  const bool produces = index % 2 == 0;
  const bool consumes = index % 2 == 1 || state.threads() == 1;
  Dice dice(static_cast<uint64_t>(index) + 1);
  for (auto _ : state) {
    if (produces) {
      for (int64_t i = 0; i < kBlocks; ++i)
        ring.Push(NewBlock(SomeBytes(dice)));
    }
    if (consumes) {
      for (int64_t i = 0; i < kBlocks; ++i) DeleteBlock(ring.Pop());
    }
  }
  if (consumes) state.SetItemsProcessed(state.iterations() * kBlocks);
}

void ThreadChurn(benchmark::State& state) {
  constexpr size_t kBlocks = 100;
  for (auto _ : state) {
    std::thread([] {
      std::array<char*, kBlocks> blocks;
      Dice dice(kBlocks);
      for (char*& block : blocks) block = NewBlock(SomeBytes(dice));
      for (char* block : blocks) DeleteBlock(block);
    }).join();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBlocks));
}

}  // namespace headroom
