#include "allocator/front/block_finder.h"

#include <cstdint>
#include <cstring>
#include <memory>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

class BlockFinderTest : public ::testing::Test {
 protected:
  FoundBlock Find(const void* p) {
    return heap_->finder.Find(p, Misuse::kInvalidFree);
  }
  void* ShiftBy(void* p, ptrdiff_t bytes) {
    return static_cast<char*>(p) + bytes;
  }
  SpanUse UseOf(const void* p) {
    return heap_->map.Get(PageContaining(p))->use;
  }

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
  EXPECT_EQ(small.usable_bytes, 104u);
  EXPECT_EQ(small.origin, Origin::kMalloc);
  EXPECT_EQ(small.span->use, SpanUse::kSmall);

  const FoundBlock aligned = Find(aligned_);
  EXPECT_EQ(aligned.slot, kAlignedSlot);
  EXPECT_LT(aligned.start, aligned_);
  EXPECT_GE(aligned.usable_bytes, 100u);

  const FoundBlock large = Find(large_);
  EXPECT_EQ(large.slot, kLargeSlot);
  EXPECT_EQ(large.start, large_);
  EXPECT_EQ(large.span->use, SpanUse::kLarge);

  const FoundBlock mapped = Find(mapped_);
  EXPECT_EQ(mapped.slot, kLargeSlot);
  EXPECT_EQ(mapped.span->use, SpanUse::kMapping);
  EXPECT_EQ(mapped.usable_bytes, thread_.UsableBytes(mapped_));
}

TEST_F(BlockFinderTest, KnowsTheOrigin) {
  for (const size_t bytes : {10, 100000, 10 << 20}) {
    ThreadCache* cache = &thread_.cache();
    void* a = heap_->heap.Allocate<Origin::kNew>(cache, bytes);
    void* b = heap_->heap.Allocate<Origin::kNewArray>(cache, bytes);
    void* c = heap_->heap.AllocateAligned(cache, 256, bytes, Origin::kNew);
    EXPECT_EQ(Find(a).origin, Origin::kNew);
    EXPECT_EQ(Find(b).origin, Origin::kNewArray);
    EXPECT_EQ(Find(c).origin, Origin::kNew);
    for (void* block : {a, b, c}) thread_.Free(block);
  }
}

using BlockFinderDeathTest = BlockFinderTest;

constexpr char kDoubleFree[] =
    "^headroom: double free: the block is already free: pointer 0x[0-9a-f]+\n$";
constexpr char kNotLive[] =
    "^headroom: invalid free: not a live block of this heap: "
    "pointer 0x[0-9a-f]+\n$";
constexpr char kMisaligned[] =
    "^headroom: invalid free: misaligned pointer: pointer 0x[0-9a-f]+\n$";
constexpr char kCorruptHeader[] =
    "^headroom: corrupt header: the block's header was overwritten: "
    "pointer 0x[0-9a-f]+\n$";

TEST_F(BlockFinderDeathTest, DoubleFreeWhereverTheBlockWent) {
  void* other = thread_.Malloc(100);
  thread_.Free(small_);
  EXPECT_DEATH(thread_.Free(small_), kDoubleFree);
  thread_.Free(other);
  EXPECT_DEATH(thread_.Free(small_), kDoubleFree);
  TestThread second(*heap_);
  EXPECT_DEATH(second.Free(small_), kDoubleFree);
  // Another block keeps the span alive.
  void* keeper = thread_.Malloc(100);
  thread_.Exit();
  ASSERT_EQ(UseOf(small_), SpanUse::kSmall);
  if (keeper == small_) std::swap(keeper, other);
  EXPECT_DEATH(second.Free(keeper == small_ ? other : small_), kDoubleFree);
}

TEST_F(BlockFinderDeathTest, DoubleFreeOfLargeAndAligned) {
  thread_.Free(large_);
  EXPECT_DEATH(thread_.Free(large_), kDoubleFree);
  thread_.Free(aligned_);
  EXPECT_DEATH(thread_.Free(aligned_), kNotLive);
}

// The memory is in use again, by a block with another start.
TEST_F(BlockFinderDeathTest, DoubleFreeOfMemoryThatServesAnother) {
  const uintptr_t first = heap_->map.Get(PageContaining(large_))->first.value;
  thread_.Free(large_);
  void* other = thread_.Memalign(kPageBytes, 100000);
  ASSERT_EQ(heap_->map.Get(PageContaining(other))->first.value, first);
  EXPECT_DEATH(thread_.Free(large_), kNotLive);

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
  EXPECT_DEATH(thread_.Free(old), kNotLive);
}

TEST_F(BlockFinderDeathTest, PointersIntoABlock) {
  memset(small_, 0, 100);
  EXPECT_DEATH(thread_.Free(ShiftBy(small_, 16)), kNotLive);
  EXPECT_DEATH(thread_.Free(ShiftBy(small_, 64)), kNotLive);
  EXPECT_DEATH(thread_.Free(ShiftBy(large_, 16)), kNotLive);
  EXPECT_DEATH(thread_.Free(ShiftBy(large_, kPageBytes)), kNotLive);
  EXPECT_DEATH(thread_.Free(ShiftBy(mapped_, 4096)), kNotLive);
  EXPECT_DEATH(thread_.Free(ShiftBy(mapped_, 1 << 20)), kNotLive);
  EXPECT_DEATH(thread_.Free(ShiftBy(aligned_, 16)), kNotLive);
  // The block around an aligned one is not the caller's to free.
  EXPECT_DEATH(thread_.Free(Find(aligned_).start), kCorruptHeader);
}

TEST_F(BlockFinderDeathTest, MisalignedPointers) {
  for (const ptrdiff_t by : {1, 2, 4, 7, 8, 12, 15}) {
    EXPECT_DEATH(thread_.Free(ShiftBy(small_, by)), kMisaligned) << by;
    EXPECT_DEATH(thread_.Free(ShiftBy(large_, by)), kMisaligned) << by;
  }
}

TEST_F(BlockFinderDeathTest, MemoryOfOthers) {
  alignas(16) static char global[64];
  alignas(16) char stack[64] = {};
  const std::unique_ptr<char[]> foreign(new char[64]());
  EXPECT_DEATH(thread_.Free(global + 16), kNotLive);
  EXPECT_DEATH(thread_.Free(stack + 16), kNotLive);
  void* aligned = reinterpret_cast<void*>(
      AlignUp(reinterpret_cast<uintptr_t>(foreign.get()) + 16, 16));
  EXPECT_DEATH(thread_.Free(aligned), kNotLive);
  // A block of another heap's.
  auto other = std::make_unique<TestHeap>(TestHeap::kDefaultBudget,
                                          size_t{1} << 30, /*key_seed=*/1);
  TestThread theirs(*other);
  EXPECT_DEATH(thread_.Free(theirs.Malloc(100)), kNotLive);
  EXPECT_DEATH(thread_.Free(theirs.Malloc(100000)), kNotLive);
}

TEST_F(BlockFinderDeathTest, AnyByteOfTheHeaderOverwritten) {
  const uint64_t genuine = HeaderOf(small_);
  for (int byte = 0; byte < 8; ++byte) {
    HeaderOf(small_) = genuine ^ (uint64_t{0x41} << 8 * byte);
    EXPECT_DEATH(thread_.Free(small_), kCorruptHeader) << byte;
  }
  for (const uint64_t word : {uint64_t{0}, ~uint64_t{0}}) {
    HeaderOf(small_) = word;
    EXPECT_DEATH(thread_.Free(small_), kCorruptHeader);
  }
}

TEST_F(BlockFinderDeathTest, AHeaderMovedElsewhereDoesNotOpen) {
  void* other = thread_.Malloc(100);
  HeaderOf(other) = HeaderOf(small_);
  EXPECT_DEATH(thread_.Free(other), kCorruptHeader);
  HeaderOf(ShiftBy(small_, 16)) = HeaderOf(small_);
  EXPECT_DEATH(thread_.Free(ShiftBy(small_, 16)), kNotLive);
}

// A genuine seal, but for a slot that cannot be at this place.
TEST_F(BlockFinderDeathTest, SlotsThatDoNotBelongThere) {
  const auto seal = [this](void* p, uint32_t slot) {
    HeaderOf(p) =
        BlockSeal(heap_->keys, p).SealLive(MakePayload(slot, Origin::kMalloc));
  };
  seal(small_, kLargeSlot);
  EXPECT_DEATH(Find(small_), "headroom: ");
  seal(small_, SlotOfClass(SizeClassFor(100)) + 1);
  EXPECT_DEATH(Find(small_), "headroom: ");
  seal(small_, kAlignedSlot);
  EXPECT_DEATH(Find(small_), "headroom: ");
  seal(small_, 0);
  EXPECT_DEATH(Find(small_), "headroom: ");
  void* inside = ShiftBy(small_, 16);
  seal(inside, SlotOfClass(SizeClassFor(100)));
  EXPECT_DEATH(Find(inside), "headroom: ");
  seal(large_, SlotOfClass(0));
  EXPECT_DEATH(Find(large_), "headroom: ");
}

TEST_F(BlockFinderDeathTest, BlocksThatWereNeverCut) {
  const Span* span = heap_->map.Get(PageContaining(small_));
  const uint32_t last = kSizeClasses[span->size_class].blocks_per_span - 1;
  void* uncut =
      reinterpret_cast<void*>(span->first.address() + kBlockAlignment +
                              last * StrideOf(span->size_class));
  EXPECT_DEATH(thread_.Free(uncut), kCorruptHeader);
}

TEST_F(BlockFinderDeathTest, ReallocAndUsableSizeNameThemselves) {
  thread_.Free(small_);
  EXPECT_DEATH(thread_.Realloc(small_, 5),
               "^headroom: invalid realloc: not a live block of this heap");
  EXPECT_DEATH(thread_.UsableBytes(small_),
               "^headroom: invalid malloc_usable_size: not a live block");
  EXPECT_DEATH(thread_.Realloc(ShiftBy(large_, 8), 5), "invalid realloc");
}

}  // namespace
}  // namespace headroom
