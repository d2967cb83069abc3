#include "bench/replay/recording.h"

#include <string>
#include <vector>

#include "bench/replay/print.h"
#include "gtest/gtest.h"
#include "tests/replay/recording_maker.h"

namespace headroom::replay {
namespace {

std::string TextOf(const std::string& file) {
  const auto compiled = CompileRecording(file);
  return compiled.ok() ? TraceText(compiled->trace)
                       : std::string(compiled.status().message());
}

TEST(RecordingTest, AnAddressIsTheBlockThatWasThereAtTheTime) {
  EXPECT_EQ(TextOf(RecordingMaker()
                       .Malloc(1, 10, 100)
                       .Free(1, 10)
                       .Malloc(1, 10, 200)
                       .Malloc(2, 11, 1)
                       .Free(2, 10)
                       .Malloc(2, 10, 300)
                       .Free(1, 10)
                       .File()),
            "threads 2, at most 301 bytes live, 1 at the end\n"
            "thread 0\n"
            "  malloc 100\n"
            "  free 0.0\n"
            "  malloc 200\n"
            "  free 1.1\n"
            "thread 1 after 3 of thread 0\n"
            "  malloc 1\n"
            "  free 0.1\n"
            "  malloc 300\n");
}

TEST(RecordingTest, EveryKind) {
  EXPECT_EQ(TextOf(RichRecording()),
            "threads 2, at most 6065 bytes live, 301 at the end\n"
            "thread 0\n"
            "  malloc 100\n"
            "  calloc 50\n"
            "  realloc 0.1 60\n"
            "  free 1.1\n"
            "  free 1.0\n"
            "  malloc 300\n"
            "thread 1 after 2 of thread 0\n"
            "  aligned 256 64\n"
            "  free 0.0\n"
            "  realloc 0.2 6000\n"
            "  malloc 1\n");
}

TEST(RecordingTest, WhileAReallocMovesItsOldAddressMayBeTaken) {
  RecordingMaker maker;
  maker.Malloc(1, 10, 100).Realloc(1, 10, 20, 200, [&] {
    maker.Malloc(2, 10, 300);
  });
  EXPECT_EQ(TextOf(maker.Free(1, 10).Free(2, 20).File()),
            "threads 2, at most 500 bytes live, 0 at the end\n"
            "thread 0\n"
            "  malloc 100\n"
            "  realloc 0.0 200\n"
            "  free 1.0\n"
            "thread 1 after 1 of thread 0\n"
            "  malloc 300\n"
            "  free 0.1\n");
}

TEST(RecordingTest, BlocksFromBeforeHaveNoEnd) {
  const auto compiled = CompileRecording(RecordingMaker()
                                             .Free(1, 5)
                                             .Realloc(1, 6, 7, 70)
                                             .Malloc(1, 7, 80)
                                             .Free(1, 7)
                                             .File());
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_EQ(compiled->ends_of_strangers, 2u);
  EXPECT_EQ(compiled->blocks_without_end, 1u);
  EXPECT_EQ(TraceText(compiled->trace),
            "threads 1, at most 150 bytes live, 70 at the end\n"
            "thread 0\n"
            "  malloc 70\n"
            "  malloc 80\n"
            "  free 0.1\n");
}

TEST(RecordingTest, AThreadIsBornAfterAllThatWasDone) {
  EXPECT_EQ(TextOf(RecordingMaker()
                       .Malloc(7, 1, 1)
                       .Malloc(9, 2, 2)
                       .Malloc(9, 3, 3)
                       // 7 did nothing since 9 was born.
                       .Malloc(8, 4, 4)
                       .Malloc(7, 5, 5)
                       .Malloc(6, 6, 6)
                       .File()),
            "threads 4, at most 21 bytes live, 21 at the end\n"
            "thread 0\n"
            "  malloc 1\n"
            "  malloc 5\n"
            "thread 1 after 1 of thread 0\n"
            "  malloc 2\n"
            "  malloc 3\n"
            "thread 2 after 2 of thread 1\n"
            "  malloc 4\n"
            "thread 3 after 2 of thread 0 after 1 of thread 2\n"
            "  malloc 6\n");
}

TEST(RecordingTest, TotalsAreThoseOfTheOperations) {
  RecordingMaker maker;
  for (uintptr_t i = 0; i < ThreadTotals::kOperationsBetween + 1; ++i) {
    maker.Malloc(1, i, 2);
    if (i % 1000 == 0) maker.Cut();
  }
  const auto compiled = CompileRecording(maker.Free(2, 1).File());
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  const auto& threads = compiled->trace.threads;
  EXPECT_EQ(threads[0].totals.live_bytes, 2 * 4097);
  EXPECT_EQ(threads[0].totals.live_bytes_on_the_way,
            std::vector<int64_t>({2 * 4096}));
  EXPECT_EQ(threads[1].totals.live_bytes, -2);
  EXPECT_NE(threads[0].totals.order, threads[1].totals.order);
}

}  // namespace
}  // namespace headroom::replay
