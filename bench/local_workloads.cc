// Workloads whose threads share nothing but the allocator.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "bench/block.h"
#include "bench/workloads.h"
#include "benchmark/benchmark.h"

namespace headroom {
namespace {

constexpr size_t kPairBytes = 64;
constexpr size_t kBatchBlocks = 1000;

Dice DiceOf(const benchmark::State& state) {
  return Dice(static_cast<uint64_t>(state.thread_index()) + 1);
}

// Allocates kBatchBlocks blocks and frees them in the order of `order`.
void RunBatches(benchmark::State& state, const std::vector<uint32_t>& order) {
  std::vector<char*> blocks(kBatchBlocks);
  for (auto _ : state) {
    for (char*& block : blocks) block = NewBlock(kPairBytes);
    for (const uint32_t i : order) DeleteBlock(blocks[i]);
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<int64_t>(kBatchBlocks));
}

std::vector<uint32_t> Ascending() {
  std::vector<uint32_t> order(kBatchBlocks);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace

void Pair(benchmark::State& state) {
  for (auto _ : state) DeleteBlock(NewBlock(kPairBytes));
  state.SetItemsProcessed(state.iterations());
}

void BatchFifo(benchmark::State& state) { RunBatches(state, Ascending()); }

void BatchLifo(benchmark::State& state) {
  std::vector<uint32_t> order = Ascending();
  std::reverse(order.begin(), order.end());
  RunBatches(state, order);
}

void BatchRandom(benchmark::State& state) {
  std::vector<uint32_t> order = Ascending();
  Dice dice = DiceOf(state);
  for (uint32_t i = kBatchBlocks - 1; i > 0; --i) {
    std::swap(order[i], order[dice.Roll(i + 1)]);
  }
  RunBatches(state, order);
}

void WorkingSet(benchmark::State& state) {
  constexpr uint32_t kBlocks = 10000;
  constexpr uint32_t kLeastBytes = 16;
  constexpr uint32_t kMostBytes = 1040;
  Dice dice = DiceOf(state);
  auto new_block = [&dice] {
    return NewBlock(kLeastBytes + dice.Roll(kMostBytes - kLeastBytes + 1));
  };
  std::vector<char*> blocks(kBlocks);
  for (char*& block : blocks) block = new_block();
  for (auto _ : state) {
    char*& block = blocks[dice.Roll(kBlocks)];
    DeleteBlock(block);
    block = new_block();
  }
  for (char* block : blocks) DeleteBlock(block);
  state.SetItemsProcessed(state.iterations());
}

// Each round fills a table with runs of one size, then frees one half from the
// front and the other from the back; every eighth block waits a round longer.
void Sh6(benchmark::State& state) {
  constexpr size_t kBlocks = 4096;
  constexpr size_t kRun = 16;
  constexpr size_t kMostBytes = 1000;
  std::vector<char*> blocks(kBlocks);
  std::vector<char*> waiting;
  size_t bytes = 1;
  int64_t allocated = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < kBlocks; ++i) {
      if (i % kRun == 0) bytes = bytes % kMostBytes + 1;
      blocks[i] = NewBlock(bytes);
    }
    allocated += kBlocks;
    for (char* block : waiting) DeleteBlock(block);
    waiting.clear();
    auto release = [&](size_t i) {
      if (i % 8 == 0) {
        waiting.push_back(blocks[i]);
      } else {
        DeleteBlock(blocks[i]);
      }
    };
    for (size_t i = 0; i < kBlocks / 2; ++i) release(i);
    for (size_t i = kBlocks; i-- > kBlocks / 2;) release(i);
  }
  for (char* block : waiting) DeleteBlock(block);
  state.SetItemsProcessed(allocated);
}

// Small sizes are more frequent than large ones. A pass goes through the table
// in order and replaces three blocks of four, so that survivors of many passes
// lie between the young.
void Sh8(benchmark::State& state) {
  constexpr uint32_t kBlocks = 4096;
  constexpr std::array<uint32_t, 5> kMostBytes = {32, 64, 128, 512, 2048};
  Dice dice = DiceOf(state);
  std::vector<char*> blocks(kBlocks, nullptr);
  int64_t replaced = 0;
  for (auto _ : state) {
    for (char*& block : blocks) {
      const uint32_t roll = dice.Roll(4 * kMostBytes.size());
      if (block != nullptr && roll % 4 == 0) continue;
      if (block != nullptr) DeleteBlock(block);
      block = NewBlock(1 + dice.Roll(kMostBytes[roll / 4]));
      ++replaced;
    }
  }
  for (char* block : blocks) DeleteBlock(block);
  state.SetItemsProcessed(replaced);
}

}  // namespace headroom
