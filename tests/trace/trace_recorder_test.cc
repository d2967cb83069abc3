#include "allocator/trace/trace_recorder.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "allocator/system/metadata_arena.h"
#include "bench/replay/plan.h"
#include "bench/replay/print.h"
#include "bench/replay/recording.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {
namespace {

const void* BlockAt(uintptr_t number) {
  return reinterpret_cast<const void*>(number * kAddressUnit);
}

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string TextOf(const std::string& path) {
  const auto compiled = replay::CompileRecording(Read(path));
  return compiled.ok() ? replay::TraceText(compiled->trace)
                       : std::string(compiled.status().message());
}

class TraceRecorderTest : public ::testing::Test {
 protected:
  TraceRecorderTest() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
  }
  void Malloc(ThreadCache* own, uintptr_t at, size_t bytes) {
    recorder_.OnAllocate(own, TracedCall::kMalloc, BlockAt(at), bytes, 16);
  }
  size_t FileCount() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      count += entry.exists();
    }
    return count;
  }

  const std::string directory_ =
      testing::TempDir() + "/" +
      testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = directory_ + "/t";
  FakeMemorySource source_{size_t{1} << 30};
  MetadataArena arena_{source_};
  TraceRecorder recorder_{arena_};
};

TEST_F(TraceRecorderTest, WithoutAPathNothingIsRecorded) {
  recorder_.Start("");
  ThreadCache own;
  Malloc(&own, 1, 100);
  EXPECT_EQ(own.trace_buffer, nullptr);
  recorder_.EndThread(&own);
  EXPECT_EQ(arena_.stats().used_bytes, 0u);
}

TEST_F(TraceRecorderTest, AThreadsEndWritesAndItsBufferIsUsedAgain) {
  recorder_.Start(path_.c_str());
  ThreadCache first;
  Malloc(&first, 1, 100);
  EXPECT_EQ(FileCount(), 0u);
  TraceBuffer* const buffer = first.trace_buffer;
  recorder_.EndThread(&first);
  EXPECT_EQ(FileCount(), 1u);
  EXPECT_EQ(first.trace_buffer, nullptr);
  ThreadCache second;
  recorder_.OnFree(&second, BlockAt(1));
  EXPECT_EQ(second.trace_buffer, buffer);
  recorder_.OnFree(nullptr, BlockAt(7));
  Malloc(nullptr, 7, 300);
  recorder_.EndProcess();
  EXPECT_EQ(TextOf(path_),
            "threads 3, at most 300 bytes live, 300 at the end\n"
            "thread 0\n"
            "  malloc 100\n"
            "thread 1 after 1 of thread 0\n"
            "  free 0.0\n"
            "thread 2 after 1 of thread 1\n"
            "  malloc 300\n");
}

TEST_F(TraceRecorderTest, AfterTheEndOfTheProcessEachCallIsWritten) {
  recorder_.Start(path_.c_str());
  ThreadCache own;
  recorder_.EndProcess();
  EXPECT_EQ(FileCount(), 0u);
  Malloc(&own, 1, 100);
  recorder_.OnFree(nullptr, BlockAt(1));
  EXPECT_EQ(TextOf(path_),
            "threads 2, at most 100 bytes live, 0 at the end\n"
            "thread 0\n"
            "  malloc 100\n"
            "thread 1 after 1 of thread 0\n"
            "  free 0.0\n");
}

TEST_F(TraceRecorderTest, AChildForgetsWhatItsParentWrites) {
  recorder_.Start(path_.c_str());
  ThreadCache own;
  ThreadCache other;
  Malloc(&own, 1, 100);
  Malloc(&other, 2, 200);
  Malloc(nullptr, 3, 300);
  recorder_.BecomeChild(&own);
  Malloc(&own, 4, 400);
  recorder_.EndProcess();
  EXPECT_EQ(TextOf(path_ + "." + std::to_string(getpid())),
            "threads 1, at most 400 bytes live, 400 at the end\n"
            "thread 0\n"
            "  malloc 400\n");
  EXPECT_EQ(FileCount(), 1u);
}

TEST_F(TraceRecorderTest, NoAddressOfABlockIsNoEnd) {
  recorder_.Start(path_.c_str());
  recorder_.OnFree(nullptr, reinterpret_cast<const void*>(uintptr_t{24}));
  recorder_.EndProcess();
  EXPECT_EQ(FileCount(), 0u);
}

TEST_F(TraceRecorderTest, WithoutMemoryTheTraceEnds) {
  recorder_.Start(path_.c_str());
  std::vector<std::unique_ptr<ThreadCache>> threads;
  source_.grow_works = false;
  testing::internal::CaptureStderr();
  errno = EDOM;
  // What the arena has is used up first.
  for (int i = 0; i < 20; ++i) {
    threads.push_back(std::make_unique<ThreadCache>());
    Malloc(threads.back().get(), 1, 1);
  }
  EXPECT_EQ(errno, EDOM);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "headroom: trace: cannot write " + path_ +
                ": errno 12; the trace ends here\n");
  EXPECT_EQ(threads.back()->trace_buffer, nullptr);
  recorder_.EndProcess();
}

TEST_F(TraceRecorderTest, WithoutMemoryAtTheStartThereIsNone) {
  source_.grow_works = false;
  testing::internal::CaptureStderr();
  recorder_.Start(path_.c_str());
  Malloc(nullptr, 1, 1);
  recorder_.EndProcess();
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "headroom: trace: cannot write " + path_ +
                ": errno 12; the trace ends here\n");
}

TEST_F(TraceRecorderTest, ThreadsRecordWhileOthersEnd) {
  constexpr int kThreads = 6;
  constexpr uint64_t kCalls = 3000;
  recorder_.Start(path_.c_str());
  std::vector<std::thread> threads;
  for (uintptr_t t = 1; t <= kThreads; ++t) {
    threads.emplace_back([this, t] {
      ThreadCache own;
      // Every other one is nobody's.
      for (uint64_t i = 0; i < kCalls; ++i) {
        ThreadCache* who = t % 3 == 0 ? nullptr : &own;
        Malloc(who, t, i % 1000);
        recorder_.OnFree(who, BlockAt(t));
        if (i == kCalls - 100 && t == 1) recorder_.EndProcess();
      }
      recorder_.EndThread(&own);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto compiled = replay::CompileRecording(Read(path_));
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_EQ(compiled->ends_of_strangers, 0u);
  EXPECT_EQ(compiled->blocks_without_end, 0u);
  EXPECT_EQ(compiled->trace.live_bytes, 0u);
  const auto plan = replay::MakePlan(compiled->trace);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->begins, kThreads * kCalls);
}

}  // namespace
}  // namespace headroom
