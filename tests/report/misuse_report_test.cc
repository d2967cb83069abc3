#include "allocator/report/misuse_report.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/front/test_heap.h"
#include "tests/report/text_of.h"

namespace headroom {
namespace {

int global = 1;

struct OneSampled final : public SampledBlockFinder {
  bool Find(uintptr_t address, SampledBlock* out) const override {
    if (address != block.start + 20) return false;
    *out = block;
    return true;
  }
  SampledBlock block = {0x10000, 20, false, 11, 12, {}, {}};
};

class MisuseReportTest : public ::testing::Test {
 protected:
  // What Describe writes: it flushes, so standard error is caught.
  std::string Describe(Misuse misuse, const void* pointer) {
    ::testing::internal::CaptureStderr();
    char buffer[4096];
    ReportWriter writer(buffer, sizeof(buffer));
    report_.Describe(misuse, pointer, nullptr, writer);
    writer.Flush();
    return ::testing::internal::GetCapturedStderr();
  }
  static std::string Hex(const void* p) {
    return TextOf([p](ReportWriter& out) { out.Hex(p); });
  }
  static void* ShiftBy(void* p, ptrdiff_t bytes) {
    return static_cast<char*>(p) + bytes;
  }

  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  TestThread thread_{*heap_};
  HeapInspector inspector_{heap_->map, heap_->freed, heap_->keys};
  OneSampled sampled_;
  ReportHook hook_;
  Options options_;
  MisuseReport report_{inspector_, &sampled_, hook_, options_};
  void* small_ = thread_.Malloc(100);
};

#define EXPECT_HAS(text, part) \
  EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(MisuseReportTest, ThreadBlockAndStack) {
  const std::string text = Describe(Misuse::kInteriorFree, ShiftBy(small_, 16));
  EXPECT_HAS(text,
             "  in thread " + std::to_string(gettid()) + " (misuse_report");
  EXPECT_HAS(text, ") of process " + std::to_string(getpid()) + "\n");
  EXPECT_HAS(
      text, "\n  the pointer lies 16 bytes into a live block of 104 bytes at " +
                Hex(small_) + "\n");
  EXPECT_HAS(text, "\n  stack:\n    #0 0x");
}

TEST_F(MisuseReportTest, WhereThePointerLies) {
  thread_.Free(small_);
  EXPECT_HAS(Describe(Misuse::kDoubleFree, small_),
             "the pointer is the start of a free block of 104 bytes at ");
  void* large = thread_.Malloc(1 << 20);
  EXPECT_HAS(Describe(Misuse::kInvalidFree, ShiftBy(large, -4)),
             "the pointer lies 4 bytes in front of a live large block of ");
  EXPECT_HAS(Describe(Misuse::kInvalidFree, ShiftBy(large, 4096)),
             "the pointer lies 4096 bytes into a live large block of ");
  thread_.Free(large);
  EXPECT_HAS(Describe(Misuse::kDoubleFree, large), "a run of free pages of ");
}

TEST_F(MisuseReportTest, MemoryOfOthers) {
  EXPECT_HAS(Describe(Misuse::kInvalidFree, environ[0]),
             "the pointer lies in no memory of this heap, but in [stack]\n");
  EXPECT_HAS(Describe(Misuse::kInvalidFree, &global), "misuse_report_test\n");
  EXPECT_HAS(Describe(Misuse::kUnmappedFree, reinterpret_cast<void*>(16)),
             "of this heap, and nothing is mapped there\n");
}

TEST_F(MisuseReportTest, TheNeighbourOfASmashedHeader) {
  // Blocks come in random order: all of a batch have live neighbours.
  std::vector<void*> blocks = {small_};
  for (int i = 0; i < 2000; ++i) blocks.push_back(thread_.Malloc(100));
  std::sort(blocks.begin(), blocks.end());
  const auto next = std::adjacent_find(
      blocks.begin(), blocks.end(), [](const void* a, const void* b) {
        return static_cast<const char*>(a) + 112 == b;
      });
  ASSERT_NE(next, blocks.end());
  void* front = next[0];
  void* behind = next[1];
  HeaderOf(behind) = 0x4141414141414141;
  const std::string text = Describe(Misuse::kCorruptHeader, behind);
  EXPECT_HAS(text, "the start of a block with a damaged header of 104 bytes");
  EXPECT_HAS(text,
             "\n  in front of it, and perhaps overrun: a live block of 104 "
             "bytes at " +
                 Hex(front) + "\n");
  EXPECT_EQ(Describe(Misuse::kInteriorFree, behind).find("overrun"),
            std::string::npos);
}

TEST_F(MisuseReportTest, SampledBlocksHaveTheirStacks) {
  sampled_.block.allocated.count = 1;
  sampled_.block.allocated.frames[0] = 0x77;
  sampled_.block.freed.count = 1;
  sampled_.block.freed.frames[0] = 0x88;
  const std::string text =
      Describe(Misuse::kOverflowAccess, reinterpret_cast<void*>(0x10014));
  EXPECT_HAS(
      text,
      "  the pointer lies 0 bytes behind the end of a free sampled block "
      "of 20 bytes at 0x10000\n"
      "  allocated by thread 11:\n    #0 0x77\n"
      "  freed by thread 12:\n    #0 0x88\n  stack:\n");
}

TEST_F(MisuseReportTest, TheHookHasTheLastWord) {
  hook_.Set(
      [](void* context, headroom_report* report) {
        report->writer.Text(static_cast<const char*>(context));
      },
      const_cast<char*>("  the service's own\n"));
  const std::string text = Describe(Misuse::kDoubleFree, small_);
  const std::string own = "\n  the service's own\n";
  ASSERT_GT(text.size(), own.size());
  EXPECT_EQ(text.substr(text.size() - own.size()), own);
  hook_.Set(nullptr, nullptr);
  EXPECT_EQ(Describe(Misuse::kDoubleFree, small_).find("service"),
            std::string::npos);
}

TEST_F(MisuseReportTest, InternalErrorsHaveNoBlock) {
  EXPECT_EQ(Describe(Misuse::kInternal, small_).find("pointer"),
            std::string::npos);
}

TEST_F(MisuseReportTest, BadCallsPassWhenToldSo) {
  EXPECT_FALSE(report_.MayContinue());
  options_.on_misuse = kMisuseReports;
  EXPECT_TRUE(report_.MayContinue());
}

}  // namespace
}  // namespace headroom
