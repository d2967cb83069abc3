// The length of the hit path, so that nobody makes it longer unseen.
//
// Callgrind counts each instruction between entry and return of malloc (or of
// free), callees included. The count of 2 N calls less that of N calls is N
// times one call's: start-up, the first miss and the loop drop out.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "allocator/base/build_mode.h"
#include "bench/child_process.h"
#include "gtest/gtest.h"
#include "tests/budget/budgets.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;

// Twice as many have as many digits: so the environment, which the first malloc
// reads, lies at the same place in both runs.
constexpr int64_t kCalls = 4000;

// A program, and the library it is to be run with.
struct Build {
  const char* name;
  const char* program;
  const char* preload;
};

// Instructions in `function` while `build` runs `pairs` pairs.
int64_t CountInstructions(const Build& build, const std::string& function,
                          int64_t pairs) {
  const std::string counts = absl::StrCat(testing::TempDir(), "/callgrind.out");
  const std::string preload =
      *build.preload != '\0' ? fs::canonical(build.preload).string() : "";
  const auto output =
      RunChild({"/usr/bin/valgrind", "--quiet", "--tool=callgrind",
                absl::StrCat("--toggle-collect=", function),
                absl::StrCat("--callgrind-out-file=", counts), build.program,
                absl::StrCat(pairs)},
               preload);
  EXPECT_TRUE(output.ok()) << output.status();
  if (!output.ok()) return -1;
  const std::string expected = preload.empty() ? build.program : preload;
  EXPECT_EQ(*output, absl::StrCat(expected, "\n"))
      << "whose malloc was counted";
  std::ifstream stream(counts);
  for (std::string line; std::getline(stream, line);) {
    absl::string_view rest = line;
    int64_t total;
    if (absl::ConsumePrefix(&rest, "totals:") &&
        absl::SimpleAtoi(rest, &total)) {
      return total;
    }
  }
  ADD_FAILURE() << "no total in " << counts;
  return -1;
}

class FastPathTest : public testing::TestWithParam<Build> {
 protected:
  void SetUp() override {
    if (kDebugBuild) GTEST_SKIP() << "budgets are for release builds";
    // A sample is a slow path.
    setenv("HEADROOM_OPTIONS", "sample_every=0", /*overwrite=*/1);
  }

  static void CheckBudget(const std::string& function, int64_t budget) {
    const int64_t once = CountInstructions(GetParam(), function, kCalls);
    const int64_t twice = CountInstructions(GetParam(), function, 2 * kCalls);
    const int64_t each = (twice - once) / kCalls;
    EXPECT_EQ((twice - once) % kCalls, 0) << "not every call was a hit";
    EXPECT_GT(each, 5) << "nothing was counted";
    EXPECT_LE(each, budget);
    std::printf("%s, %s: %lld instructions of %lld\n", GetParam().name,
                function.c_str(), static_cast<long long>(each),
                static_cast<long long>(budget));
  }
};

TEST_P(FastPathTest, MallocKeepsWithinItsBudget) {
  CheckBudget("malloc", kMallocBudget);
}

TEST_P(FastPathTest, FreeKeepsWithinItsBudget) {
  CheckBudget("free", kFreeBudget);
}

INSTANTIATE_TEST_SUITE_P(
    Builds, FastPathTest,
    testing::Values(Build{"preloaded", "tests/budget/pair_program",
                          "allocator/libheadroom.so"},
                    Build{"linked", "tests/budget/pair_program_headroom", ""}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace headroom
