// The default level where misuse is survived: every bad call is ignored, and
// nothing is lost or handed out twice.
#include <cerrno>
#include <cstring>
#include <vector>

#include "allocator/front/heap.h"
#include "gtest/gtest.h"
#include "tests/front/logged_heap_fixture.h"

namespace headroom {
namespace {

constexpr char kDoubleFree[] = "double free: the block is already free";
constexpr char kCorruptFree[] =
    "corrupt free block: its header was overwritten";

using BadCallTest = LoggedHeapTest;

TEST_F(BadCallTest, BadCallsAreIgnoredAndNothingIsLost) {
  Use(Options());
  unsigned char* block = Malloc(100);
  unsigned char* large = Malloc(100000);
  memset(block, 0x5a, 100);
  EXPECT_NE(Free(block + 16), "");
  EXPECT_NE(Free(block + 1), "");
  EXPECT_NE(Free(large + 4096), "");
  errno = 0;
  EXPECT_EQ(thread_->Realloc(block + 16, 5), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  EXPECT_EQ(thread_->UsableBytes(block + 16), 0u);
  log_.Count();
  const uint64_t word = HeaderOf(block);
  HeaderOf(block) = word + 0x10000;
  EXPECT_EQ(Free(block), "corrupt header: the block's header was overwritten");
  EXPECT_EQ(thread_->Realloc(block, 5), nullptr);
  EXPECT_EQ(thread_->UsableBytes(block), 0u);
  log_.Count();
  HeaderOf(block) = word;
  EXPECT_TRUE(IsFilled(block, 0x5a, 100));
  EXPECT_EQ(Free(large), "");
  EXPECT_EQ(Free(block), "");
  errno = E2BIG;
  EXPECT_EQ(Free(block), kDoubleFree);
  EXPECT_EQ(errno, E2BIG);
  EXPECT_EQ(thread_->Realloc(block, 5), nullptr);
  EXPECT_EQ(thread_->UsableBytes(block), 0u);
  log_.Count();
}

TEST_F(BadCallTest, ADamagedFreeBlockIsDroppedAndTheNextHandedOut) {
  Use(Options());
  unsigned char* first = Malloc(100);
  unsigned char* second = Malloc(100);
  thread_->Free(first);
  thread_->Free(second);
  HeaderOf(second) = 0x4141414141414141;
  EXPECT_EQ(Malloc(100), first);
  EXPECT_EQ(log_.Take(), kCorruptFree);
  EXPECT_EQ(log_.pointer(), second);
  EXPECT_EQ(Free(first), "");
  lost_ = 1;
}

// One walk of the list finds many: none of them is dropped unsaid.
TEST_F(BadCallTest, EachDamagedBlockOfABatchIsReported) {
  Use({});
  constexpr size_t kBlocks = 20;
  constexpr size_t kDamaged = 7;
  std::vector<void*> blocks(kBlocks);
  for (void*& block : blocks) block = Malloc(100);
  for (void* block : blocks) thread_->Free(block);
  for (size_t i = 0; i < kDamaged; ++i) HeaderOf(blocks[2 * i]) ^= 1;
  thread_->cache().Flush();
  heap_->central.Scavenge(/*all=*/true);
  EXPECT_EQ(log_.Count(), kDamaged);
  lost_ = kDamaged;
}

// A word put back into a block in its span, and freed again: its bit tells.
TEST_F(BadCallTest, ABlockInItsSpanDoesNotComeBackTwice) {
  Use(Options());
  TestThread other(*heap_);
  void* keeper = other.Malloc(100);
  void* block = thread_->Malloc(100);
  const uint64_t live = HeaderOf(block);
  thread_->Free(block);
  thread_->Exit();  // to its span
  HeaderOf(block) = live;
  other.Free(block);
  EXPECT_EQ(log_.Take(), "") << "the word is genuine";
  other.Exit();
  EXPECT_EQ(log_.Take(), kDoubleFree);
  EXPECT_EQ(log_.pointer(), block);
  ASSERT_EQ(heap_->AllLiveBlocks(), 1u);
  other.Free(keeper);
}

}  // namespace
}  // namespace headroom
