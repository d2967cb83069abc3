#include "allocator/report/guard_reports.h"

#include <cstdint>
#include <memory>

#include "allocator/report/entry_faults.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"
#include "tests/guard/guard_fixture.h"

namespace headroom {
namespace {

class GuardReportsTest : public GuardTest {
 protected:
  static constexpr int kNotOurs = -1;

  int Access(const void* address) {
    Explanation found = {};
    const auto where = reinterpret_cast<uintptr_t>(address);
    if (!reports_.Explain({true, where, 0, 0}, &found)) return kNotOurs;
    EXPECT_EQ(found.pointer, where);
    return static_cast<int>(found.misuse);
  }

  GuardReports reports_{pool_};
};

TEST_F(GuardReportsTest, AccessRoundAndToABlock) {
  const unsigned char* block = AllocateAt(/*end=*/true, 64);
  EXPECT_EQ(Access(block + 64), static_cast<int>(Misuse::kOverflowAccess));
  EXPECT_EQ(Access(block - 4096), static_cast<int>(Misuse::kUnderflowAccess));
  EXPECT_EQ(Access(block), kNotOurs);
  Free(const_cast<unsigned char*>(block));
  EXPECT_EQ(Access(block), static_cast<int>(Misuse::kFreedAccess));
  EXPECT_EQ(Access(&block), kNotOurs);
  Explanation found = {};
  EXPECT_FALSE(reports_.Explain({false, 0, 0, 0}, &found));
}

TEST_F(GuardReportsTest, WhoAllocatedAndFreed) {
  unsigned char* block = Allocate(100, 16, /*frame=*/0x11);
  const auto start = reinterpret_cast<uintptr_t>(block);
  SampledBlock found;
  ASSERT_TRUE(reports_.Find(start + 5, &found));
  EXPECT_EQ(found.start, start);
  EXPECT_EQ(found.requested_bytes, 100u);
  EXPECT_TRUE(found.is_live);
  EXPECT_EQ(found.allocated.frames[0], 0x11u);
  Free(block, /*frame=*/0x22);
  ASSERT_TRUE(reports_.Find(start, &found));
  EXPECT_FALSE(found.is_live);
  EXPECT_EQ(found.freed.frames[0], 0x22u);
  EXPECT_NE(found.freeing_thread, 0u);
  EXPECT_FALSE(reports_.Find(0, &found));
}

// The header of a freed block is inaccessible: free faults.
TEST_F(GuardReportsTest, FreeOfAFreedBlock) {
  auto heap = std::make_unique<TestHeap>();
  const HeapInspector inspector(heap->map, heap->freed, heap->keys);
  const char section[16] = {};
  const EntryFaults entries(inspector, &reports_, section, section + 16);
  const auto free_of = [&](uintptr_t pointer) {
    Explanation found = {};
    EXPECT_TRUE(entries.Explain(
        {true, pointer - 8, reinterpret_cast<uintptr_t>(section), pointer},
        &found));
    return found.misuse;
  };
  unsigned char* block = Allocate(100);
  const auto start = reinterpret_cast<uintptr_t>(block);
  Free(block);
  EXPECT_EQ(free_of(start), Misuse::kDoubleFree);
  EXPECT_EQ(free_of(start + 16), Misuse::kUnmappedFree);
}

}  // namespace
}  // namespace headroom
