#include "allocator/system/environment.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr char kVariable[] = "HEADROOM_TEST_VARIABLE";  // set by BUILD
constexpr char kValue[] = "a=1:b=2";

template <typename Read>
std::string Get(Read read, const char* name, size_t capacity = 100) {
  char out[100];
  return std::string(out, read(name, out, capacity));
}

std::string FromLibc(const char* name, size_t capacity = 100) {
  return Get(
      [](const char* n, char* out, size_t c) {
        return internal_environment::ReadFromLibc(environ, n, out, c);
      },
      name, capacity);
}

std::string FromKernel(const char* name, size_t capacity = 100) {
  return Get(internal_environment::ReadFromKernel, name, capacity);
}

TEST(EnvironmentTest, BothSourcesSayTheSame) {
  for (auto* source : {&FromLibc, &FromKernel}) {
    EXPECT_EQ(source(kVariable, 100), kValue);
    EXPECT_EQ(source(kVariable, 3), "a=1");
    EXPECT_EQ(source(kVariable, 0), "");
    EXPECT_EQ(source("HEADROOM_TEST_EMPTY", 100), "");
    EXPECT_EQ(source("HEADROOM_TEST_ABSENT", 100), "");
    // Neither a part of a name, nor one in a value.
    EXPECT_EQ(source("HEADROOM_TEST_VARIABL", 100), "");
    EXPECT_EQ(source("EADROOM_TEST_VARIABLE", 100), "");
    EXPECT_EQ(source("a", 100), "");
  }
}

TEST(EnvironmentTest, TheKernelIsAskedWhileLibcKnowsNothing) {
  EXPECT_EQ(Get(ReadEnvironment, kVariable), kValue);
  setenv(kVariable, "new", 1);
  EXPECT_EQ(Get(ReadEnvironment, kVariable), "new");
  char** const kept = environ;
  environ = nullptr;
  errno = E2BIG;
  const std::string value = Get(ReadEnvironment, kVariable);
  EXPECT_EQ(errno, E2BIG);
  environ = kept;
  EXPECT_EQ(value, kValue);
}

// Runs in a process whose environment a test wrote.
TEST(EnvironmentTest, DISABLED_TheKernelKnowsTheVariable) {
  EXPECT_EQ(FromKernel(kVariable), kValue);
}

TEST(EnvironmentTest, AWordWithoutAnEqualsSignIsNoVariable) {
  char word[] = "HEADROOM_TEST_VARIABLE";
  char start[] = "HEADROOM_TEST";
  char variable[] = "HEADROOM_TEST_VARIABLE=a=1:b=2";
  // The sanitizer's own, as this process has them.
  const char* msan = getenv("MSAN_OPTIONS");
  std::string msan_options =
      std::string("MSAN_OPTIONS=") + (msan != nullptr ? msan : "");
  char* environment[] = {word, start, variable, msan_options.data(), nullptr};
  EXPECT_EXIT(
      execle("/proc/self/exe", "child", "--gtest_also_run_disabled_tests",
             "--gtest_filter=*TheKernelKnowsTheVariable", nullptr, environment),
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace headroom
