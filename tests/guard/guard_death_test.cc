// Real faults on the real kernel.
#include <sys/resource.h>

#include <cstddef>
#include <cstdint>

#include "allocator/base/stack_trace.h"
#include "allocator/guard/guard_pool.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/real_os.h"
#include "allocator/system/system_heap.h"
#include "gtest/gtest.h"
#include "tests/block/closed_memory.h"

namespace headroom {
namespace {

class GuardDeathTest : public ::testing::Test {
 protected:
  // One in four lies at the front: take the one that is asked for.
  volatile char* Allocate(size_t bytes, bool at_end) {
    for (;;) {
      char* block = static_cast<char*>(pool_.Allocate(bytes, 16, {}));
      if (block == nullptr) return nullptr;
      const auto address = reinterpret_cast<uintptr_t>(block);
      if ((address % kKernelPageBytes == 16) != at_end) return block;
      pool_.Free(block, {});
    }
  }
  void Free(volatile char* block) {
    EXPECT_EQ(pool_.Free(const_cast<char*>(block), {}),
              GuardPool::FreeResult::kFreed);
  }

  RealOs os_;
  SystemHeap heap_{os_};
  MetadataArena arena_{heap_};
  GuardPool pool_{heap_, arena_};
};

void Read(volatile char* p) { static_cast<void>(*p); }

TEST_F(GuardDeathTest, AccessBehindABlock) {
  volatile char* block = Allocate(160, /*at_end=*/true);
  ASSERT_NE(block, nullptr);
  block[0] = 1;
  block[159] = 1;
  EXPECT_DEATH(block[160] = 1, "");
  EXPECT_DEATH(Read(block + 160), "");
  EXPECT_DEATH(Read(block + 4000), "");
}

TEST_F(GuardDeathTest, AccessInFrontOfABlock) {
  volatile char* block = Allocate(160, /*at_end=*/false);
  ASSERT_NE(block, nullptr);
  ClosedByte(const_cast<char*>(block) - 8) = 1;
  EXPECT_DEATH(block[-17] = 1, "");
  EXPECT_DEATH(Read(block - 4000), "");
}

TEST_F(GuardDeathTest, AccessAfterFree) {
  for (bool at_end : {true, false}) {
    volatile char* block = Allocate(160, at_end);
    ASSERT_NE(block, nullptr);
    Free(block);
    EXPECT_DEATH(block[0] = 1, "");
    EXPECT_DEATH(Read(block + 159), "");
  }
}

TEST_F(GuardDeathTest, AccessToABlockOfNoBytes) {
  volatile char* block = static_cast<char*>(pool_.Allocate(0, 16, {}));
  ASSERT_NE(block, nullptr);
  EXPECT_DEATH(Read(block), "");
}

TEST_F(GuardDeathTest, SlotsComeAndGoAllDay) {
  for (int i = 0; i < 5000; ++i) {
    volatile char* block =
        static_cast<char*>(pool_.Allocate(i % kMaxGuardedBytes + 1, 16, {}));
    ASSERT_NE(block, nullptr);
    ASSERT_EQ(ReadClosed(const_cast<char*>(block), 1)[0], 0);
    block[i % kMaxGuardedBytes] = 1;
    Free(block);
  }
  EXPECT_EQ(pool_.stats().refusals, 0u);
  EXPECT_LE(heap_.stats().mapping_bytes, kGuardPoolBytes + kArenaChunkBytes);
}

}  // namespace
}  // namespace headroom
