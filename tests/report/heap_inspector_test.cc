#include "allocator/report/heap_inspector.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

using Kind = BlockFacts::Kind;
using State = BlockFacts::State;

uintptr_t AddressOf(const void* p) { return reinterpret_cast<uintptr_t>(p); }

class HeapInspectorTest : public ::testing::Test {
 protected:
  void Expect(uintptr_t address, Kind kind, State state, uintptr_t start,
              size_t bytes) {
    const BlockFacts facts = inspector_.Inspect(address);
    EXPECT_EQ(facts.kind, kind);
    EXPECT_EQ(facts.state, state);
    EXPECT_EQ(facts.start, start);
    EXPECT_EQ(facts.usable_bytes, bytes);
  }

  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  TestThread thread_{*heap_};
  HeapInspector inspector_{heap_->map, heap_->freed, heap_->keys};
};

TEST_F(HeapInspectorTest, SmallBlocksInEachState) {
  void* block = thread_.Malloc(100);
  const uintptr_t start = AddressOf(block);
  Expect(start, Kind::kSmall, State::kLive, start, 104);
  Expect(start + 50, Kind::kSmall, State::kLive, start, 104);
  Expect(start + 104, Kind::kSmall, State::kLive, start, 104);
  thread_.Free(block);
  Expect(start + 1, Kind::kSmall, State::kFree, start, 104);
  const uint64_t genuine = HeaderOf(block);
  HeaderOf(block) = 0x4141414141414141;
  Expect(start + 1, Kind::kSmall, State::kDamaged, start, 104);
  HeaderOf(block) = genuine;
}

TEST_F(HeapInspectorTest, AlignedBlocks) {
  void* block = nullptr;
  // Not where the block around it starts.
  do {
    block = thread_.Memalign(512, 100);
  } while (inspector_.Inspect(AddressOf(block)).kind == Kind::kSmall);
  const BlockFacts facts = inspector_.Inspect(AddressOf(block) + 30);
  EXPECT_EQ(facts.kind, Kind::kAligned);
  EXPECT_EQ(facts.start, AddressOf(block));
  EXPECT_EQ(facts.usable_bytes, thread_.UsableBytes(block));
}

TEST_F(HeapInspectorTest, LargeBlocks) {
  void* large = thread_.Malloc(1 << 20);
  void* aligned = thread_.Memalign(1 << 16, 1 << 20);
  void* mapped = thread_.Malloc(10 << 20);
  Expect(AddressOf(large) + 70000, Kind::kLarge, State::kLive, AddressOf(large),
         thread_.UsableBytes(large));
  Expect(AddressOf(aligned) + 7, Kind::kLarge, State::kLive, AddressOf(aligned),
         thread_.UsableBytes(aligned));
  Expect(AddressOf(mapped) + 7, Kind::kMapping, State::kLive, AddressOf(mapped),
         thread_.UsableBytes(mapped));
  const size_t bytes = thread_.UsableBytes(large);
  HeaderOf(large) ^= uint64_t{1} << 40;
  Expect(AddressOf(large), Kind::kLarge, State::kDamaged, AddressOf(large),
         bytes);
  HeaderOf(large) ^= uint64_t{1} << 40;
  thread_.Free(large);
  const BlockFacts pages = inspector_.Inspect(AddressOf(large));
  EXPECT_EQ(pages.kind, Kind::kFreePages);
  EXPECT_LE(pages.start, AddressOf(large));
  EXPECT_GE(pages.usable_bytes, size_t{1} << 20);
}

TEST_F(HeapInspectorTest, OtherMemory) {
  int on_stack = 0;
  for (const uintptr_t address :
       {uintptr_t{0}, UINTPTR_MAX, uintptr_t{1} << 63, AddressOf(&on_stack)}) {
    EXPECT_EQ(inspector_.Inspect(address).kind, Kind::kNone);
    EXPECT_EQ(inspector_.InFrontOf(address).kind, Kind::kNone);
  }
}

TEST_F(HeapInspectorTest, TheNeighbourInFront) {
  // Blocks come in random order: all of a batch have live neighbours.
  std::vector<void*> blocks;
  for (int i = 0; i < 2000; ++i) blocks.push_back(thread_.Malloc(100));
  std::sort(blocks.begin(), blocks.end());
  const auto next = std::adjacent_find(
      blocks.begin(), blocks.end(),
      [](void* a, void* b) { return AddressOf(b) - AddressOf(a) == 112; });
  ASSERT_NE(next, blocks.end());
  void* const a = next[0];
  void* const b = next[1];
  HeaderOf(b) = 0;
  const BlockFacts front = inspector_.InFrontOf(AddressOf(b));
  EXPECT_EQ(front.kind, Kind::kSmall);
  EXPECT_EQ(front.state, State::kLive);
  EXPECT_EQ(front.start, AddressOf(a));
  // The first block of a span has none.
  const Span* span = heap_->map.Get(PageContaining(a));
  EXPECT_EQ(inspector_.InFrontOf(span->first.address() + kBlockAlignment).kind,
            Kind::kNone);
}

}  // namespace
}  // namespace headroom
