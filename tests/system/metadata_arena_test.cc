#include "allocator/system/metadata_arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "allocator/system/object_pool.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {
namespace {

TEST(MetadataArenaTest, PiecesAreZeroedAlignedAndApart) {
  FakeMemorySource source;
  MetadataArena arena(source);
  std::mt19937 random(1);
  std::vector<MemoryRange> pieces;
  size_t used = 0;
  for (int i = 0; i < 3000; ++i) {
    const size_t bytes =
        i % 50 == 0 ? random() % 300000 + 1 : random() % 500 + 1;
    const size_t alignment = size_t{1} << random() % 13;
    auto* piece = static_cast<unsigned char*>(arena.Allocate(bytes, alignment));
    ASSERT_NE(piece, nullptr);
    const auto start = reinterpret_cast<uintptr_t>(piece);
    EXPECT_EQ(start % alignment, 0u);
    EXPECT_TRUE(source.Owns({start, bytes}));
    EXPECT_TRUE(
        std::all_of(piece, piece + bytes, [](int c) { return c == 0; }));
    memset(piece, 0xff, bytes);
    pieces.push_back({start, bytes});
    used += bytes;
  }
  std::sort(pieces.begin(), pieces.end(),
            [](auto a, auto b) { return a.start < b.start; });
  for (size_t i = 1; i < pieces.size(); ++i) {
    EXPECT_LE(pieces[i - 1].end(), pieces[i].start);
  }
  EXPECT_EQ(arena.stats().used_bytes, used);
  EXPECT_EQ(arena.stats().held_bytes, source.mapped_bytes);
  EXPECT_GE(arena.stats().held_bytes, used);
  EXPECT_EQ(source.heap_bytes, 0u) << "never among user's blocks";
}

TEST(MetadataArenaTest, SmallPiecesShareAChunkAndLargeOnesDoNotSpoilIt) {
  FakeMemorySource source;
  MetadataArena arena(source);
  auto* first = static_cast<char*>(arena.Allocate(64, 16));
  EXPECT_NE(arena.Allocate(1 << 20, 16), nullptr);
  EXPECT_EQ(arena.Allocate(64, 16), first + 64 + MetadataArena::kGapBytes);
  EXPECT_EQ(source.grow_calls, 2);
  EXPECT_EQ(source.mapped_bytes, kArenaChunkBytes + (1 << 20));
}

TEST(MetadataArenaTest, OutOfMemoryIsNullAndLeavesTheArenaWhole) {
  FakeMemorySource source;
  MetadataArena arena(source);
  EXPECT_EQ(arena.Allocate(SIZE_MAX, 16), nullptr);
  EXPECT_EQ(arena.Allocate(SIZE_MAX - 100, 16), nullptr);
  source.grow_works = false;
  EXPECT_EQ(arena.Allocate(64, 16), nullptr);
  EXPECT_EQ(arena.Allocate(1 << 20, 16), nullptr);
  EXPECT_EQ(arena.stats().used_bytes, 0u);
  EXPECT_EQ(arena.stats().held_bytes, 0u);
  source.grow_works = true;
  EXPECT_NE(arena.Allocate(64, 16), nullptr);
  source.grow_works = false;
  EXPECT_EQ(arena.Allocate(30000, 16) != nullptr, true) << "still in the chunk";
}

TEST(MetadataArenaTest, ThreadsNeverShareAPiece) {
  FakeMemorySource source;
  MetadataArena arena(source);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&arena, t] {
      for (int i = 0; i < 2000; ++i) {
        auto* word =
            static_cast<int*>(arena.Allocate(sizeof(int), alignof(int)));
        ASSERT_EQ(*word, 0);
        *word = t + 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(arena.stats().used_bytes, 4 * 2000 * sizeof(int));
}

TEST(MetadataArenaTest, ForkHandlersHoldAndFreeTheLock) {
  FakeMemorySource source;
  MetadataArena arena(source);
  for (bool in_child : {false, true}) {
    arena.AcquireForFork();
    arena.ReleaseAfterFork(in_child);
    EXPECT_NE(arena.Allocate(8, 8), nullptr);
  }
}

struct Record {
  int number = 7;
  Record* other = nullptr;
  char text[40] = {};
};

TEST(ObjectPoolTest, RecyclesAndValueInitialises) {
  FakeMemorySource source;
  MetadataArena arena(source);
  ObjectPool<Record> pool(arena);
  Record* first = pool.New();
  ASSERT_NE(first, nullptr);
  memset(static_cast<void*>(first), 0xff, sizeof(*first));
  pool.Delete(first);
  EXPECT_EQ(pool.in_use(), 0u);
  Record* again = pool.New();
  EXPECT_EQ(again, first);
  EXPECT_EQ(again->number, 7);
  EXPECT_EQ(again->other, nullptr);
  EXPECT_EQ(again->text[20], 0);
  EXPECT_NE(pool.New(), again);
  EXPECT_EQ(pool.in_use(), 2u);
}

TEST(ObjectPoolTest, HoldsObjectsSmallerThanALink) {
  FakeMemorySource source;
  MetadataArena arena(source);
  ObjectPool<char> pool(arena);
  char* a = pool.New();
  char* b = pool.New();
  EXPECT_GE(b - a, static_cast<ptrdiff_t>(sizeof(void*)));
  pool.Delete(a);
  pool.Delete(b);
  EXPECT_EQ(pool.New(), b);
  EXPECT_EQ(pool.New(), a);
}

TEST(ObjectPoolTest, OutOfMemoryIsNull) {
  FakeMemorySource source;
  MetadataArena arena(source);
  ObjectPool<Record> pool(arena);
  source.grow_works = false;
  EXPECT_EQ(pool.New(), nullptr);
  EXPECT_EQ(pool.in_use(), 0u);
}

}  // namespace
}  // namespace headroom
