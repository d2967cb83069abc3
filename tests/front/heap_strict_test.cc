// The strict levels, each part alone and all together, where misuse is
// survived: what is reported is not done, and nothing else changes.
#include <cerrno>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "allocator/front/heap.h"
#include "gtest/gtest.h"
#include "tests/block/closed_memory.h"
#include "tests/front/logged_heap_fixture.h"

namespace headroom {
namespace {

constexpr char kOverrun[] =
    "buffer overflow: bytes behind the block were overwritten";
constexpr char kWritten[] = "use after free: a freed block was written to";
constexpr char kMismatch[] =
    "mismatched free: the block was allocated by another family of functions";
constexpr char kDoubleFree[] = "double free: the block is already free";
constexpr char kCorruptFree[] =
    "corrupt free block: its header was overwritten";

Options AllParts() {
  Options options;
  options.zero_on_free = true;
  options.verify_on_reuse = kVerifyComplete;
  options.tail_canary = true;
  options.quarantine = size_t{64} << 10;
  options.check_origin = true;
  options.guard_pages = true;
  options.zero_size_page = true;
  return options;
}

using HeapStrictTest = LoggedHeapTest;

TEST_F(HeapStrictTest, TheUsableSizeIsWhatWasAskedFor) {
  Options options;
  options.tail_canary = true;
  Use(options);
  for (const size_t bytes : {0, 1, 16, 100, 32760, 40000, 5 << 20}) {
    void* block = Malloc(bytes);
    EXPECT_EQ(thread_->UsableBytes(block), bytes);
    block = thread_->Realloc(block, bytes + 7);
    EXPECT_EQ(thread_->UsableBytes(block), bytes + 7);
    EXPECT_EQ(Free(block), "");
  }
}

TEST_F(HeapStrictTest, OverflowsOfEveryLength) {
  Options options;
  options.tail_canary = true;
  Use(options);
  for (const size_t bytes : {0, 1, 7, 24, 100, 1000, 33000, 5 << 20}) {
    for (const size_t alignment : {size_t{16}, size_t{256}}) {
      auto* block =
          static_cast<unsigned char*>(thread_->Memalign(alignment, bytes));
      FoundBlock found;
      Misuse misuse;
      ASSERT_TRUE(heap_->finder.Find(block, Caller::kFree, &found, &misuse));
      const size_t room = found.bytes() - bytes;
      if (found.span->use == SpanUse::kSmall) {
        ASSERT_GE(room, BlockTail::kLeastBytes);
      } else {
        ASSERT_LT(room, alignment) << "it ends at its guard page";
      }
      const std::vector<char> tail = ReadClosed(block + bytes, room);
      for (size_t length = 1; length <= room; length += 1 + length / 40) {
        FillClosed(block + bytes, 'A', length);
        EXPECT_EQ(Free(block), kOverrun) << bytes << " " << length;
        EXPECT_EQ(log_.pointer(), block);
        errno = 0;
        EXPECT_EQ(thread_->Realloc(block, 10), nullptr);
        EXPECT_EQ(errno, ENOMEM);
        EXPECT_EQ(log_.Take(), kOverrun);
        thread_->FreeSized(block, bytes);
        EXPECT_EQ(log_.Take(), kOverrun);
        WriteClosed(block + bytes, tail.data(), length);
      }
      EXPECT_EQ(Free(block), "");
    }
  }
}

TEST_F(HeapStrictTest, AnyDamageToALargeBlocksNoteShows) {
  Options options;
  options.check_origin = true;
  Use(options);
  unsigned char* block = Malloc(40000);
  for (size_t i = kHeaderBytes + 1; i <= kHeaderBytes + 16; ++i) {
    ClosedByte byte(block - i);
    byte = byte ^ 1;
    EXPECT_EQ(Free(block), "corrupt header: the block's header was overwritten")
        << i;
    EXPECT_EQ(thread_->UsableBytes(block), 0u);
    EXPECT_NE(log_.Take(), "");
    byte = byte ^ 1;
  }
  EXPECT_EQ(thread_->UsableBytes(block), 40000u);
  EXPECT_EQ(Free(block), "");
}

TEST_F(HeapStrictTest, FreedBlocksAreZeroAndStaySo) {
  Options options;
  options.zero_on_free = true;
  options.verify_on_reuse = kVerifyComplete;
  Use(options);
  for (const size_t bytes : {8, 100, 5000, 32760}) {
    unsigned char* block = Malloc(bytes);
    memset(block, 0xee, bytes);
    EXPECT_EQ(Free(block), "");
    EXPECT_EQ(ReadClosed(block, bytes), std::vector<char>(bytes));
    for (const size_t at : {size_t{0}, bytes / 2, bytes - 1}) {
      ClosedByte(block + at) = 1;
      unsigned char* again = Malloc(bytes);
      ASSERT_EQ(again, block);
      EXPECT_EQ(log_.Take(), kWritten) << bytes << " " << at;
      EXPECT_EQ(ReadClosed(again, bytes), std::vector<char>(bytes));
      EXPECT_EQ(Free(again), "");
    }
  }
}

TEST_F(HeapStrictTest, FreshMemoryThatServedALargeBlockIsZero) {
  Options options;
  options.zero_on_free = true;
  options.verify_on_reuse = kVerifyComplete;
  options.protect_large = false;
  Use(options);
  unsigned char* large = Malloc(1 << 20);
  memset(large, 0xee, 1 << 20);
  EXPECT_EQ(Free(large), "");
  std::vector<unsigned char*> blocks;
  for (int i = 0; i < 2000; ++i) {
    blocks.push_back(Malloc(500));
    ASSERT_EQ(ReadClosed(blocks.back(), 500), std::vector<char>(500));
  }
  EXPECT_EQ(log_.Count(), 0u);
  for (void* block : blocks) EXPECT_EQ(Free(block), "");
}

TEST_F(HeapStrictTest, ASampleOfReusedBlocksIsLookedAt) {
  Options options;
  options.zero_on_free = true;
  options.verify_on_reuse = kVerifySampled;
  Use(options);
  size_t reports = 0;
  for (int i = 0; i < 80; ++i) {
    unsigned char* block = Malloc(100);
    thread_->Free(block);
    ClosedByte(block + 3) = 1;
    void* again = Malloc(100);
    reports += log_.Count();
    thread_->Free(again);
  }
  EXPECT_EQ(reports, 20u);  // of 160 allocations, an eighth; half are written
  log_.Count();
}

TEST_F(HeapStrictTest, QuarantineKeepsBlocksInOrder) {
  Options options;
  options.quarantine = 10 * StrideOf(SizeClassFor(100));
  Use(options);
  std::vector<void*> freed;
  for (int i = 0; i < 10; ++i) freed.push_back(Malloc(100));
  for (void* block : freed) EXPECT_EQ(Free(block), "");
  for (void* block : freed) EXPECT_EQ(Free(block), kDoubleFree);
  for (int i = 0; i < 300; ++i) {
    void* block = Malloc(100);
    for (int k = 0; k < 10; ++k) ASSERT_NE(block, freed[freed.size() - 1 - k]);
    EXPECT_EQ(Free(block), "");
    freed.push_back(block);
  }
  // A word of one that waits is overwritten: it leaves for good.
  HeaderOf(freed.back()) = 0x4141414141414141;
  for (int i = 0; i < 10; ++i) thread_->Free(Malloc(100));
  EXPECT_EQ(log_.Take(), kCorruptFree);
  EXPECT_EQ(log_.pointer(), freed.back());
  lost_ = 1;
}

TEST_F(HeapStrictTest, AWriteToABlockInQuarantineIsSeenWhenItLeaves) {
  Options options;
  options.zero_on_free = true;
  options.verify_on_reuse = kVerifyComplete;
  options.quarantine = 4 * StrideOf(SizeClassFor(100));
  Use(options);
  unsigned char* block = Malloc(100);
  thread_->Free(block);
  ClosedByte(block + 50) = 1;
  for (int i = 0; i < 5; ++i) thread_->Free(Malloc(100));
  EXPECT_EQ(log_.Take(), kWritten);
  EXPECT_EQ(log_.pointer(), block);
}

TEST_F(HeapStrictTest, EveryPairOfFamilies) {
  for (const bool canary : {false, true}) {
    Options options;
    options.check_origin = true;
    options.tail_canary = canary;
    Use(options);
    TestThread& t = *thread_;
    for (const size_t bytes : {10, 5000, 100000, 5 << 20}) {
      for (int made = 0; made < 5; ++made) {
        const auto origin = static_cast<Origin>(made);
        void* block;
        switch (origin) {
          case Origin::kMalloc:
            block = t.Malloc<Origin::kMalloc>(bytes);
            break;
          case Origin::kNew:
            block = t.Malloc<Origin::kNew>(bytes);
            break;
          case Origin::kNewArray:
            block = t.Malloc<Origin::kNewArray>(bytes);
            break;
          default:
            block = t.Memalign(64, bytes, origin);
        }
        const auto free_as = [&](int family) {
          switch (static_cast<Origin>(family)) {
            case Origin::kMalloc:
              return FreeAs<Origin::kMalloc>(block);
            case Origin::kNew:
              return FreeAs<Origin::kNew>(block);
            case Origin::kNewArray:
              return FreeAs<Origin::kNewArray>(block);
            case Origin::kNewAligned:
              return FreeAs<Origin::kNewAligned>(block);
            default:
              return FreeAs<Origin::kNewArrayAligned>(block);
          }
        };
        for (int family = 0; family < 5; ++family) {
          if (family == made) continue;
          EXPECT_EQ(free_as(family), kMismatch);
        }
        if (origin != Origin::kMalloc) {
          EXPECT_EQ(t.Realloc(block, 20), nullptr);
          EXPECT_EQ(log_.Take(), kMismatch);
        }
        EXPECT_EQ(free_as(made), "") << made << " " << bytes;
      }
      void* aligned = t.Memalign(64, bytes);
      EXPECT_EQ(FreeAs<Origin::kMalloc>(aligned), "") << "is malloc's family";
    }
  }
}

TEST_F(HeapStrictTest, GuardPagesOnBothSides) {
  Options options;
  options.guard_pages = true;
  Use(options);
  for (const size_t bytes : {40000, 5 << 20}) {
    unsigned char* block = Malloc(bytes);
    const size_t usable = thread_->UsableBytes(block);
    memset(block, 1, usable);
    EXPECT_DEATH(block[usable] = 1, "");
    const auto page =
        AlignDown(reinterpret_cast<uintptr_t>(block) - 8, kKernelPageBytes);
    EXPECT_DEATH(*reinterpret_cast<volatile char*>(page - 1) = 1, "");
    EXPECT_EQ(Free(block), "");
  }
}

TEST_F(HeapStrictTest, NoBytesAreNobodys) {
  for (const bool tails : {false, true}) {
    Options options;
    options.zero_size_page = true;
    options.tail_canary = tails;
    options.check_origin = tails;
    Use(options);
    auto* block = static_cast<volatile unsigned char*>(Malloc(0));
    void* plain = const_cast<unsigned char*>(block);
    EXPECT_DEATH(block[0] = 1, "");
    EXPECT_EQ(thread_->UsableBytes(plain), 0u);
    thread_->FreeSized(plain, GoodSize(0) + 1);
    EXPECT_NE(log_.Take(), "");
    thread_->FreeSized(plain, 0);
    thread_->FreeSized(thread_->Malloc(0), GoodSize(0));
    EXPECT_EQ(log_.Take(), "");
    for (const size_t bytes : {1, 100, 50000, 5 << 20}) {
      auto* grown =
          static_cast<unsigned char*>(thread_->Realloc(Malloc(0), bytes));
      ASSERT_NE(grown, nullptr);
      memset(grown, 1, bytes);
      EXPECT_EQ(Free(grown), "");
    }
    for (size_t alignment = 1; alignment <= 1 << 20; alignment *= 2) {
      void* aligned = thread_->Memalign(alignment, 0);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(aligned) % alignment, 0u);
      EXPECT_EQ(Free(aligned), "");
    }
    EXPECT_EQ(Free(thread_->Calloc(0)), "");
    EXPECT_EQ(log_.Take(), "");
    EXPECT_EQ(heap_->Stats().live_bytes(), 0u);
  }
}

TEST_F(HeapStrictTest, AllTogetherServeAProgram) {
  Use(AllParts());
  struct Block {
    unsigned char* start;
    size_t bytes;
    size_t alignment;
  };
  std::vector<Block> blocks;
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    const uint32_t kind = random() % 8;
    const size_t bytes = random() % (size_t{1} << random() % 18);
    if (blocks.size() < 500 && kind < 4) {
      const size_t alignment =
          kind == 0 ? size_t{16} << random() % 10 : size_t{16};
      auto* p = static_cast<unsigned char*>(
          kind == 0   ? thread_->Memalign(alignment, bytes)
          : kind == 1 ? thread_->Calloc(bytes)
                      : thread_->Malloc(bytes));
      ASSERT_TRUE(kind != 1 || IsFilled(p, 0, bytes));
      memset(p, static_cast<int>(bytes % 251), bytes);
      blocks.push_back({p, bytes, alignment});
    } else if (!blocks.empty()) {
      Block& block = blocks[random() % blocks.size()];
      const auto value = static_cast<unsigned char>(block.bytes % 251);
      ASSERT_TRUE(IsFilled(block.start, value, block.bytes));
      if (kind == 4) {
        const size_t next = bytes + 1;
        block.start =
            static_cast<unsigned char*>(thread_->Realloc(block.start, next));
        ASSERT_TRUE(IsFilled(block.start, value, std::min(block.bytes, next)));
        block = {block.start, next, 16};
        memset(block.start, static_cast<int>(next % 251), next);
        continue;
      }
      if (kind == 5) {
        thread_->FreeAlignedSized(block.start, block.alignment, block.bytes);
      } else {
        thread_->Free(block.start);
      }
      block = blocks.back();
      blocks.pop_back();
    }
    ASSERT_EQ(log_.Take(), "") << i;
  }
  for (const Block& block : blocks) EXPECT_EQ(Free(block.start), "");
}

}  // namespace
}  // namespace headroom
