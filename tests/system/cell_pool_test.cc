#include "allocator/system/cell_pool.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "allocator/system/metadata_arena.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {
namespace {

class CellPoolTest : public ::testing::Test {
 protected:
  FakeMemorySource source_{size_t{1} << 28};
  MetadataArena arena_{source_};
  CellPool pool_{arena_};
};

TEST_F(CellPoolTest, EachCountIsKeptForItself) {
  std::map<uint32_t, void**> freed;
  for (uint32_t count = 1; count <= CellPool::kMostCells; count *= 2) {
    freed[count] = pool_.Allocate(count);
    ASSERT_NE(freed[count], nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(freed[count]) % alignof(void*), 0u);
    memset(freed[count], 0xff, count * sizeof(void*));
  }
  for (const auto& [count, cells] : freed) pool_.Free(cells, count);
  const size_t used = arena_.stats().used_bytes;
  for (const auto& [count, cells] : freed) {
    EXPECT_EQ(pool_.Allocate(count), cells) << count;
  }
  EXPECT_EQ(arena_.stats().used_bytes, used);
  // They were the only ones.
  for (const auto& [count, cells] : freed) {
    EXPECT_NE(pool_.Allocate(count), cells) << count;
  }
}

TEST_F(CellPoolTest, NoCellIsGivenTwice) {
  std::mt19937 random(3);
  std::vector<std::pair<void**, uint32_t>> out;
  std::set<void**> cells_out;
  for (int i = 0; i < 20000; ++i) {
    if (out.size() < 50 || random() % 2 == 0) {
      const uint32_t count = 1u
                             << random() % std::bit_width(CellPool::kMostCells);
      void** cells = pool_.Allocate(count);
      ASSERT_NE(cells, nullptr);
      for (uint32_t k = 0; k < count; ++k) {
        ASSERT_TRUE(cells_out.insert(cells + k).second);
        cells[k] = cells + k;
      }
      out.push_back({cells, count});
    } else {
      std::swap(out[random() % out.size()], out.back());
      const auto [cells, count] = out.back();
      out.pop_back();
      for (uint32_t k = 0; k < count; ++k) {
        ASSERT_EQ(cells[k], cells + k) << "written to by the pool";
        cells_out.erase(cells + k);
      }
      pool_.Free(cells, count);
    }
    if (out.size() > 100) {
      for (const auto& [cells, count] : out) pool_.Free(cells, count);
      out.clear();
      cells_out.clear();
    }
  }
}

TEST_F(CellPoolTest, OutOfMemoryIsNullAndWhatIsFreeStillServes) {
  void** cells = pool_.Allocate(8);
  source_.grow_works = false;
  while (pool_.Allocate(CellPool::kMostCells) != nullptr) {
  }
  EXPECT_EQ(pool_.Allocate(CellPool::kMostCells), nullptr);
  pool_.Free(cells, 8);
  EXPECT_EQ(pool_.Allocate(8), cells);
  source_.grow_works = true;
  EXPECT_NE(pool_.Allocate(CellPool::kMostCells), nullptr);
}

TEST_F(CellPoolTest, ForkHandlersHoldAndFreeTheLock) {
  for (const bool in_child : {false, true}) {
    pool_.AcquireForFork();
    pool_.ReleaseAfterFork(in_child);
    void** cells = pool_.Allocate(4);
    ASSERT_NE(cells, nullptr);
    pool_.Free(cells, 4);
  }
}

TEST_F(CellPoolTest, ThreadsNeverShareCells) {
  std::vector<std::thread> threads;
  for (uintptr_t t = 1; t <= 4; ++t) {
    threads.emplace_back([this, t] {
      std::mt19937 random(static_cast<uint32_t>(t));
      void* const mine = reinterpret_cast<void*>(t);
      for (int i = 0; i < 5000; ++i) {
        const uint32_t count = 1u << random() % 8;
        void** cells = pool_.Allocate(count);
        ASSERT_NE(cells, nullptr);
        for (uint32_t k = 0; k < count; ++k) cells[k] = mine;
        for (uint32_t k = 0; k < count; ++k) ASSERT_EQ(cells[k], mine);
        pool_.Free(cells, count);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace headroom
