// Sized frees that are legal: none of them may be reported.
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "allocator/base/options.h"
#include "allocator/front/heap.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

constexpr size_t kSizes[] = {0,       1,       100,    1000,    4809,
                             31082,   61321,   100000, 4178000, 4182000,
                             4186000, 4194304, 9000000};
constexpr size_t kAlignments[] = {16, 64, 2048, 4096, size_t{1} << 20};

Options With(uint64_t Options::* one) {
  Options options;
  options.*one = 1;
  return options;
}

const Options kLevels[] = {
    {},
    With(&Options::tail_canary),
    With(&Options::guard_pages),
    With(&Options::zero_size_page),
    With(&Options::zero_on_free),
};

TEST(HeapSizedFreeTest, AnySizeFromTheOneAskedForToTheGoodOne) {
  for (const Options& options : kLevels) {
    TestHeap test(options);
    for (const size_t bytes : kSizes) {
      for (const size_t alignment : kAlignments) {
        const size_t good = GoodSize(bytes, alignment);
        for (const size_t said : {bytes, std::midpoint(bytes, good), good}) {
          void* block = test.heap.AllocateAligned(&test.no_cache, alignment,
                                                  bytes, Origin::kMalloc);
          ASSERT_NE(block, nullptr);
          test.heap.FreeAlignedSized(&test.no_cache, block, alignment, said,
                                     Origin::kMalloc);
        }
      }
    }
  }
}

TEST(HeapSizedFreeTest, TheUsableSizeOfAlignedBlocks) {
  for (const Options& options : kLevels) {
    TestHeap test(options);
    for (const size_t bytes : kSizes) {
      for (const size_t alignment : kAlignments) {
        void* block = test.heap.AllocateAligned(&test.no_cache, alignment,
                                                bytes, Origin::kMalloc);
        ASSERT_NE(block, nullptr);
        test.heap.FreeAlignedSized(&test.no_cache, block, alignment,
                                   test.heap.UsableBytes(block),
                                   Origin::kMalloc);
      }
    }
  }
}

TEST(HeapSizedFreeTest, AlignedBlocksAfterRealloc) {
  for (const Options& options : kLevels) {
    TestHeap test(options);
    for (const size_t from : kSizes) {
      for (const size_t alignment : kAlignments) {
        for (const size_t to : kSizes) {
          if (to == 0) continue;
          void* block = test.heap.AllocateAligned(&test.no_cache, alignment,
                                                  from, Origin::kMalloc);
          ASSERT_NE(block, nullptr);
          block = test.heap.Reallocate(&test.no_cache, block, to);
          ASSERT_NE(block, nullptr);
          test.heap.FreeSized(&test.no_cache, block, to);
        }
      }
    }
  }
}

}  // namespace
}  // namespace headroom
