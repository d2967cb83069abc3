#include "allocator/front/block_finder.h"

#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

class BlockFinderTest : public ::testing::Test {
 protected:
  // What Find says: nothing when it finds the block.
  std::string Says(const void* p, Caller caller = Caller::kFree) {
    Misuse misuse;
    return heap_->finder.Find(p, caller, &found_, &misuse) ? ""
                                                           : MisuseText(misuse);
  }
  FoundBlock Find(const void* p) {
    EXPECT_EQ(Says(p), "");
    return found_;
  }
  void* ShiftBy(void* p, ptrdiff_t bytes) {
    return static_cast<char*>(p) + bytes;
  }
  SpanUse UseOf(const void* p) {
    return heap_->map.Get(PageContaining(p))->use;
  }

  FoundBlock found_;
  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  TestThread thread_{*heap_};
  void* small_ = thread_.Malloc(100);
  void* aligned_ = thread_.Memalign(1024, 100);
  void* large_ = thread_.Malloc(1 << 20);
  void* mapped_ = thread_.Malloc(10 << 20);
};

TEST_F(BlockFinderTest, FindsBlocksOfEveryKind) {
  const FoundBlock small = Find(small_);
  EXPECT_EQ(small.start, small_);
  EXPECT_EQ(small.slot, SlotOfClass(SizeClassFor(100)));
  EXPECT_EQ(small.bytes(), 104u);
  EXPECT_EQ(small.span->use, SpanUse::kSmall);

  const FoundBlock aligned = Find(aligned_);
  EXPECT_EQ(aligned.slot, kAlignedSlot);
  EXPECT_LT(aligned.start, aligned_);
  EXPECT_GE(aligned.bytes(), 100u);

  const FoundBlock large = Find(large_);
  EXPECT_EQ(large.slot, kLargeSlot);
  EXPECT_EQ(large.start, large_);
  EXPECT_EQ(large.span->use, SpanUse::kLarge);

  const FoundBlock mapped = Find(mapped_);
  EXPECT_EQ(mapped.slot, kLargeSlot);
  EXPECT_EQ(mapped.span->use, SpanUse::kMapping);
  EXPECT_EQ(mapped.bytes(), thread_.UsableBytes(mapped_));
}

using BlockFinderDeathTest = BlockFinderTest;

constexpr char kDoubleFree[] = "double free: the block is already free";
constexpr char kNotLive[] = "invalid free: not a live block of this heap";
constexpr char kMisaligned[] = "invalid free: misaligned pointer";
constexpr char kInterior[] =
    "invalid free: pointer into a block, not to its start";
constexpr char kCorruptHeader[] =
    "corrupt header: the block's header was overwritten";

TEST_F(BlockFinderDeathTest, TheWholeLine) {
  thread_.Free(small_);
  EXPECT_EXIT(thread_.Free(small_), ::testing::KilledBySignal(SIGABRT),
              "^headroom: double free: the block is already free: "
              "pointer 0x[0-9a-f]+\n$");
}

TEST_F(BlockFinderTest, DoubleFreeWhereverTheBlockWent) {
  void* other = thread_.Malloc(100);
  thread_.Free(small_);
  EXPECT_EQ(Says(small_), kDoubleFree);
  thread_.Free(other);
  EXPECT_EQ(Says(small_), kDoubleFree);
  // Another block keeps the span alive.
  void* keeper = thread_.Malloc(100);
  thread_.Exit();
  ASSERT_EQ(UseOf(small_), SpanUse::kSmall);
  EXPECT_EQ(Says(keeper == small_ ? other : small_), kDoubleFree);
}

TEST_F(BlockFinderTest, DoubleFreeOfASpanThatIsNobodys) {
  thread_.Free(small_);
  thread_.Free(aligned_);
  thread_.Exit();
  ASSERT_EQ(UseOf(small_), SpanUse::kFree);
  EXPECT_EQ(Says(small_), kDoubleFree);
  // The kernel has taken the word.
  heap_->ReleaseAll();
  EXPECT_NE(Says(small_), "");
}

TEST_F(BlockFinderTest, DoubleFreeOfLargeAndAligned) {
  thread_.Free(large_);
  EXPECT_TRUE(heap_->map.IsClosed(PageContaining(large_)));
  EXPECT_EQ(Says(large_), kDoubleFree);
  thread_.Free(aligned_);
  EXPECT_EQ(Says(aligned_), kDoubleFree);
  thread_.Free(mapped_);
  EXPECT_EQ(Says(ShiftBy(mapped_, 8), Caller::kRealloc),
            "invalid realloc: not a live block of this heap");
}

TEST_F(BlockFinderTest, DoubleFreeOfALargeBlockThatIsNotClosed) {
  heap_->SpendProtections();
  thread_.Free(large_);
  EXPECT_FALSE(heap_->map.IsClosed(PageContaining(large_)));
  EXPECT_EQ(Says(large_), kDoubleFree);
  EXPECT_EQ(Says(large_, Caller::kRealloc),
            "invalid realloc: the block is already free");
}

// The memory is in use again, by a block with another start.
TEST_F(BlockFinderTest, DoubleFreeOfMemoryThatServesAnother) {
  const uintptr_t first = heap_->map.Get(PageContaining(large_))->first.value;
  thread_.Free(large_);
  void* other = thread_.Memalign(kPageBytes, 100000);
  ASSERT_EQ(heap_->map.Get(PageContaining(other))->first.value, first);
  EXPECT_EQ(Says(large_), kDoubleFree) << "the word is still there";
  HeaderOf(large_) = 0;
  EXPECT_EQ(Says(large_), kInterior);

  // Two alignments in blocks of one class; their multiples must differ.
  void* old = nullptr;
  void* next = nullptr;
  for (int i = 0; i < 100 && old == next; ++i) {
    old = thread_.Memalign(1024, 100);
    void* const base = Find(old).start;
    thread_.Free(old);
    next = thread_.Memalign(512, 612);
    ASSERT_EQ(Find(next).start, base);
  }
  ASSERT_NE(old, next);
  EXPECT_EQ(Says(old), kDoubleFree);
  HeaderOf(old) = 0;
  EXPECT_EQ(Says(old), kInterior);
}

TEST_F(BlockFinderTest, PointersIntoABlock) {
  memset(small_, 0, 100);
  EXPECT_EQ(Says(ShiftBy(small_, 16)), kInterior);
  EXPECT_EQ(Says(ShiftBy(small_, 64)), kInterior);
  EXPECT_EQ(Says(ShiftBy(large_, 16)), kInterior);
  EXPECT_EQ(Says(ShiftBy(large_, kPageBytes)), kInterior);
  EXPECT_EQ(Says(ShiftBy(mapped_, 4096)), kInterior);
  EXPECT_EQ(Says(ShiftBy(mapped_, 1 << 20)), kInterior);
  EXPECT_EQ(Says(ShiftBy(aligned_, 16)), kInterior);
  // The block around an aligned one is not the caller's to free.
  EXPECT_EQ(Says(Find(aligned_).start), kNotLive);
  thread_.Free(small_);
  EXPECT_EQ(Says(ShiftBy(small_, 32)), kDoubleFree);
}

TEST_F(BlockFinderTest, AMappingWhereAFreedOneWas) {
  void* const inside = ShiftBy(mapped_, 1 << 20);
  heap_->freed.Note({reinterpret_cast<uintptr_t>(inside), 1 << 20});
  EXPECT_EQ(Says(inside), kInterior);
}

TEST_F(BlockFinderTest, MisalignedPointers) {
  for (const ptrdiff_t by : {1, 2, 4, 7, 8, 12, 15}) {
    EXPECT_EQ(Says(ShiftBy(small_, by)), kMisaligned) << by;
    EXPECT_EQ(Says(ShiftBy(large_, by)), kMisaligned) << by;
    EXPECT_EQ(Says(ShiftBy(mapped_, (1 << 20) + by)), kMisaligned) << by;
  }
}

TEST_F(BlockFinderTest, MemoryOfOthers) {
  alignas(16) static char global[64];
  alignas(16) char stack[64] = {};
  const std::unique_ptr<char[]> foreign(new char[64]());
  EXPECT_EQ(Says(global + 16), kNotLive);
  EXPECT_EQ(Says(stack + 16), kNotLive);
  void* aligned = reinterpret_cast<void*>(
      AlignUp(reinterpret_cast<uintptr_t>(foreign.get()) + 16, 16));
  EXPECT_EQ(Says(aligned), kNotLive);
  // A block of another heap's.
  auto other = std::make_unique<TestHeap>(TestHeap::kDefaultBudget,
                                          size_t{1} << 30, /*key_seed=*/1);
  TestThread theirs(*other);
  EXPECT_EQ(Says(theirs.Malloc(100)), kNotLive);
  EXPECT_EQ(Says(theirs.Malloc(100000)), kNotLive);
}

// Whatever is no memory at all is not read, but for free(), whose hit path
// has done so.
TEST_F(BlockFinderTest, AddressesOfNobody) {
  for (const uintptr_t address :
       {heap_->source.unused_address(), uintptr_t{16}, ~uintptr_t{15},
        uintptr_t{1} << 63, uintptr_t{1} << 47}) {
    const void* pointer = reinterpret_cast<void*>(address);
    for (const Caller caller : {Caller::kRealloc, Caller::kUsableSize}) {
      EXPECT_THAT(Says(pointer, caller), ::testing::HasSubstr("not a live"));
    }
  }
}

TEST_F(BlockFinderTest, AnyByteOfTheHeaderOverwritten) {
  for (void* block : {small_, large_, mapped_}) {
    const uint64_t genuine = HeaderOf(block);
    for (int byte = 0; byte < 8; ++byte) {
      HeaderOf(block) = genuine ^ (uint64_t{0x41} << 8 * byte);
      for (const Caller caller :
           {Caller::kFree, Caller::kRealloc, Caller::kUsableSize}) {
        EXPECT_EQ(Says(block, caller), kCorruptHeader) << byte;
      }
    }
    for (const uint64_t word : {uint64_t{0}, ~uint64_t{0}}) {
      HeaderOf(block) = word;
      EXPECT_EQ(Says(block), kCorruptHeader);
    }
    HeaderOf(block) = genuine;
  }
}

TEST_F(BlockFinderTest, AHeaderMovedElsewhereDoesNotOpen) {
  void* other = thread_.Malloc(100);
  HeaderOf(other) = HeaderOf(small_);
  EXPECT_EQ(Says(other), kCorruptHeader);
  HeaderOf(ShiftBy(small_, 16)) = HeaderOf(small_);
  EXPECT_EQ(Says(ShiftBy(small_, 16)), kInterior);
}

// A genuine seal, but for a slot that cannot be at this place.
TEST_F(BlockFinderTest, SlotsThatDoNotBelongThere) {
  const auto says_with = [this](void* p, uint32_t slot) {
    HeaderOf(p) =
        BlockSeal(heap_->keys, p).Seal(heap_->keys.live(), PayloadOfSlot(slot));
    return Says(p);
  };
  EXPECT_NE(says_with(small_, kLargeSlot), "");
  EXPECT_NE(says_with(small_, SlotOfClass(SizeClassFor(100)) + 1), "");
  EXPECT_NE(says_with(small_, kAlignedSlot), "");
  EXPECT_NE(says_with(small_, kAlignedBaseSlot), "");
  EXPECT_NE(says_with(small_, kSampledSlot), "");
  EXPECT_NE(says_with(small_, 0), "");
  EXPECT_NE(says_with(ShiftBy(small_, 16), SlotOfClass(SizeClassFor(100))), "");
  EXPECT_NE(says_with(large_, SlotOfClass(0)), "");
  EXPECT_NE(says_with(large_, kAlignedSlot), "");
  // A large block that lay here before another one's start.
  EXPECT_NE(says_with(ShiftBy(large_, 4096), kLargeSlot), "");
}

TEST_F(BlockFinderTest, BlocksThatWereNeverCut) {
  const Span* span = heap_->map.Get(PageContaining(small_));
  const uint32_t last = kSizeClasses[span->size_class].blocks_per_span - 1;
  void* uncut =
      reinterpret_cast<void*>(span->first.address() + kBlockAlignment +
                              last * StrideOf(span->size_class));
  EXPECT_EQ(Says(uncut), kNotLive);
  EXPECT_EQ(Says(reinterpret_cast<void*>(span->first.address())), kNotLive);
}

TEST_F(BlockFinderTest, ReallocAndUsableSizeNameThemselves) {
  thread_.Free(small_);
  EXPECT_EQ(Says(small_, Caller::kRealloc),
            "invalid realloc: the block is already free");
  EXPECT_EQ(Says(small_, Caller::kUsableSize),
            "invalid malloc_usable_size: the block is already free");
  for (void* wild : {ShiftBy(large_, 8), ShiftBy(large_, 16)}) {
    EXPECT_EQ(Says(wild, Caller::kRealloc),
              "invalid realloc: not a live block of this heap");
    EXPECT_EQ(Says(wild, Caller::kUsableSize),
              "invalid malloc_usable_size: not a live block of this heap");
  }
}

}  // namespace
}  // namespace headroom
