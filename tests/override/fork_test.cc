// fork from a program whose threads are inside the allocator: the child, and
// the child's child, allocate, free, start threads and exit.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/override/child.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

std::atomic<bool> stop{false};

// Keeps every lock of the heap busy: small batches, spans, mappings, threads.
void Churn(uint32_t seed) {
  std::vector<void*> blocks(500, nullptr);
  for (uint32_t state = seed; !stop.load(); state = state * 1664525 + 1) {
    void*& block = blocks[state / 64 % blocks.size()];
    free(block);
    const uint32_t kind = state >> 28;
    const size_t bytes = kind == 0  ? 5000000
                         : kind < 3 ? 40000 + state % 100000
                                    : state % 3000;
    block = Opaque(malloc(bytes));
  }
  for (void* block : blocks) free(block);
}

void ComeAndGo() {
  while (!stop.load()) {
    std::thread([] { free(Opaque(malloc(100))); }).join();
  }
}

int WorkInChild() {
  std::vector<void*> blocks;
  for (size_t i = 0; i < 500; ++i) {
    const size_t bytes = i % 50 == 0 ? 300000 : i * 13;
    blocks.push_back(Opaque(malloc(bytes)));
    Fill(blocks.back(), bytes, 1);
  }
  std::thread other([] { free(Opaque(malloc(1000))); });
  other.join();
  bool good = true;
  for (size_t i = 0; i < 500; ++i) {
    good &= Holds(blocks[i], i % 50 == 0 ? 300000 : i * 13, 1);
    free(blocks[i]);
  }
  return good ? 0 : 1;
}

TEST(ForkTest, ChildrenOfABusyProgramWork) {
  stop = false;
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < 6; ++i) threads.emplace_back(&Churn, i * 7919 + 1);
  threads.emplace_back(&ComeAndGo);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(StatusOfChild(&WorkInChild), 0) << i;
    ASSERT_EQ(WorkInChild(), 0);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

TEST(ForkTest, GrandchildrenWork) {
  EXPECT_EQ(StatusOfChild([] { return StatusOfChild(&WorkInChild); }), 0);
}

TEST(ForkTest, ChildFreesWhatTheParentAllocated) {
  void* block = Opaque(malloc(5000));
  Fill(block, 5000, 6);
  EXPECT_EQ(StatusOfChild([block] {
              const bool good = Holds(block, 5000, 6);
              free(block);
              return good ? 0 : 1;
            }),
            0);
  EXPECT_TRUE(Holds(block, 5000, 6));
  free(block);
}

}  // namespace
}  // namespace headroom
