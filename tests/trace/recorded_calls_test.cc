// What the library records of a program is what the program does.
//
// Usage: recorded_calls_test PROGRAM LIBRARY
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "allocator/trace/trace_format.h"
#include "bench/child_process.h"
#include "bench/replay/plan.h"
#include "bench/replay/recording.h"
#include "gtest/gtest.h"
#include "tests/trace/markers.h"

namespace headroom {
namespace {

using replay::BlockId;
using replay::Compiled;
using replay::Operation;
using replay::ThreadTrace;
using replay::Trace;

std::string program;
std::string library;

// The file names in a directory of the test's own, with what they mean.
std::vector<Compiled> Record(const std::string& mode) {
  const std::string directory = testing::TempDir() + "/trace_of_" + mode;
  std::filesystem::remove_all(directory);
  std::filesystem::create_directory(directory);
  setenv("HEADROOM_OPTIONS", absl::StrCat("trace=", directory, "/t").c_str(),
         1);
  const auto output = RunChild({program, mode}, library);
  EXPECT_TRUE(output.ok()) << output.status();
  if (output.ok() && mode != "exec") {
    EXPECT_EQ(*output, "done\n");
  }
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Compiled> all;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    auto compiled = replay::CompileRecording(bytes);
    EXPECT_TRUE(compiled.ok()) << path << ": " << compiled.status();
    if (!compiled.ok()) continue;
    EXPECT_TRUE(replay::MakePlan(compiled->trace).ok());
    all.push_back(*std::move(compiled));
  }
  return all;
}

struct Place {
  uint64_t thread;
  size_t operation;
  uint64_t index;  // of the block
};

std::optional<Place> Find(const Trace& trace, size_t bytes) {
  for (size_t t = 0; t < trace.threads.size(); ++t) {
    uint64_t index = 0;
    const std::vector<Operation>& operations = trace.threads[t].operations;
    for (size_t i = 0; i < operations.size(); ++i) {
      if (!operations[i].begins()) continue;
      if (operations[i].bytes == bytes) return Place{t, i, index};
      ++index;
    }
  }
  return std::nullopt;
}

// The operations between two marks of one thread. Blocks are THREAD+n, the nth
// that a thread began after its mark.
class Script {
 public:
  Script(const Trace& trace, Marker main, Marker second)
      : trace_(trace),
        marks_{{'m', *Find(trace, main)}, {'s', *Find(trace, second)}} {}

  std::string Between(Marker begin, Marker end) const {
    const Place from = *Find(trace_, begin);
    const Place to = *Find(trace_, end);
    EXPECT_EQ(from.thread, to.thread);
    std::string text;
    for (size_t i = from.operation + 1; i < to.operation; ++i) {
      text += Line(trace_.threads[from.thread].operations[i]) + "\n";
    }
    return text;
  }

  std::string Line(const Operation& operation) const {
    const std::string ended = operation.ends() ? Name(operation.ended) : "";
    switch (operation.call) {
      case TracedCall::kMalloc:
        return absl::StrCat("malloc ", operation.bytes);
      case TracedCall::kCalloc:
        return absl::StrCat("calloc ", operation.bytes);
      case TracedCall::kAligned:
        return absl::StrCat("aligned ", 1 << operation.alignment_log2, " ",
                            operation.bytes);
      case TracedCall::kRealloc:
        return absl::StrCat("realloc ", ended, " ", operation.bytes);
      case TracedCall::kFree:
        return absl::StrCat("free ", ended);
    }
    return "";
  }

 private:
  std::string Name(BlockId block) const {
    for (const auto& [name, mark] : marks_) {
      if (mark.thread == block.thread && block.index > mark.index) {
        return absl::StrCat(std::string(1, name), block.index - mark.index);
      }
    }
    return "?";
  }

  const Trace& trace_;
  const std::vector<std::pair<char, Place>> marks_;
};

TEST(RecordedCallsTest, EachCallIsThereInItsOrder) {
  const std::vector<Compiled> all = Record("calls");
  ASSERT_EQ(all.size(), 1u);
  const Trace& trace = all[0].trace;
  EXPECT_EQ(all[0].ends_of_strangers, 0u);
  EXPECT_EQ(all[0].blocks_without_end, 0u);
  for (const Marker marker :
       {kMainBegins, kHandsOver, kMainEnds, kSecondBegins, kSecondEnds}) {
    ASSERT_TRUE(Find(trace, marker).has_value()) << marker;
  }
  const Script script(trace, kMainBegins, kSecondBegins);
  EXPECT_EQ(script.Between(kMainBegins, kHandsOver),
            "malloc 100\n"
            "calloc 150\n"
            "aligned 256 512\n"
            "malloc 77\n"
            "realloc m1 101\n"
            "realloc m5 100000\n"
            "free m2\n"
            "aligned 64 40\n"
            "free m7\n"
            "free m4\n"
            "malloc 5242880\n"
            "realloc m8 6291456\n"
            "free m9\n"
            "malloc 10\n"
            "free m10\n"
            "aligned 4096 20\n"
            "malloc 0\n"
            "free m12\n"
            "free m11\n"
            "free m3\n"
            "free m6\n"
            "malloc 300\n"
            "malloc 400\n");
  // The edges: m13 and m14 are main's, s1 the second thread's. m15 is a mark.
  EXPECT_EQ(script.Between(kSecondBegins, kSecondEnds),
            "free m13\n"
            "realloc m14 600\n"
            "malloc 11\n"
            "free s2\n"
            "malloc 33\n");
  EXPECT_EQ(script.Between(kHandsOver, kMainEnds), "free s1\n");
}

TEST(RecordedCallsTest, WhoHasNoCacheAnyMoreIsAThreadOfItsOwn) {
  const std::vector<Compiled> all = Record("calls");
  ASSERT_EQ(all.size(), 1u);
  const Trace& trace = all[0].trace;
  const Script script(trace, kMainBegins, kSecondBegins);
  int found = 0;
  for (size_t t = 0; t < trace.threads.size(); ++t) {
    for (const Operation& operation : trace.threads[t].operations) {
      if (script.Line(operation) != "free s3") continue;
      ++found;
      EXPECT_NE(t, Find(trace, kMainBegins)->thread);
      EXPECT_NE(t, Find(trace, kSecondBegins)->thread);
    }
  }
  EXPECT_EQ(found, 1);
}

TEST(RecordedCallsTest, AThreadIsBornAfterWhatWasDone) {
  const std::vector<Compiled> all = Record("calls");
  ASSERT_EQ(all.size(), 1u);
  const Trace& trace = all[0].trace;
  const Place hands_over = *Find(trace, kHandsOver);
  const Place second = *Find(trace, kSecondBegins);
  // Its first call comes after main's mark, and main then waits for it.
  const ThreadTrace& born = trace.threads[second.thread];
  ASSERT_EQ(born.born_after.size(), 1u);
  EXPECT_EQ(born.born_after[0].thread, hands_over.thread);
  EXPECT_EQ(born.born_after[0].operations, hands_over.operation + 1);
}

TEST(RecordedCallsTest, NothingIsLostWhenBuffersAreFull) {
  const std::vector<Compiled> all = Record("many");
  ASSERT_EQ(all.size(), 1u);
  uint64_t begun = 0;
  uint64_t ended = 0;
  for (const Operation& operation : all[0].trace.threads[0].operations) {
    begun += operation.begins() && operation.bytes == 24;
    ended += operation.ends();
  }
  EXPECT_GE(begun, 20000u);
  EXPECT_GE(ended, 20000u);
  EXPECT_LT(all[0].trace.live_bytes, 200000u);
}

TEST(RecordedCallsTest, AForkedChildHasAFileOfItsOwn) {
  const std::vector<Compiled> all = Record("fork");
  ASSERT_EQ(all.size(), 2u);
  // The child ends first, and has a number.
  const bool first_is_child = Find(all[0].trace, kOfChild).has_value();
  const Compiled& child = first_is_child ? all[0] : all[1];
  const Compiled& parent = first_is_child ? all[1] : all[0];
  EXPECT_TRUE(Find(child.trace, kOfChild));
  EXPECT_FALSE(Find(child.trace, kOfParent));
  EXPECT_FALSE(Find(child.trace, kBeforeFork));
  EXPECT_GE(child.ends_of_strangers, 1u);
  EXPECT_FALSE(Find(parent.trace, kOfChild));
  EXPECT_TRUE(Find(parent.trace, kOfParent));
  EXPECT_TRUE(Find(parent.trace, kBeforeFork));
  EXPECT_EQ(parent.ends_of_strangers, 0u);
}

TEST(RecordedCallsTest, AfterAnExecThereIsAnotherFile) {
  const std::vector<Compiled> all = Record("exec");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(Find(all[0].trace, kBeforeExec));
  EXPECT_FALSE(Find(all[0].trace, kAfterExec));
  EXPECT_FALSE(Find(all[1].trace, kBeforeExec));
  EXPECT_TRUE(Find(all[1].trace, kAfterExec));
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) return 2;
  headroom::program = argv[1];
  headroom::library = std::filesystem::canonical(argv[2]);
  return RUN_ALL_TESTS();
}
