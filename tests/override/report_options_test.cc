// What HEADROOM_OPTIONS changes in a whole program; BUILD sets it.
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "gtest/gtest.h"
#include "tests/override/opaque.h"

namespace headroom {
namespace {

TEST(ReportOptionsDeathTest, AMistakeCostsOneLineAtTheStart) {
  EXPECT_EXIT(execl("/proc/self/exe", "test", "--gtest_list_tests", nullptr),
              ::testing::ExitedWithCode(0),
              "^headroom: HEADROOM_OPTIONS: 'nonsense=1' is ignored: there is "
              "no such option; help=1 lists them\n$");
  const auto ask_for_help = [] {
    setenv("HEADROOM_OPTIONS", "help=1", 1);
    execl("/proc/self/exe", "test", "--gtest_list_tests", nullptr);
  };
  EXPECT_EXIT(ask_for_help(), ::testing::ExitedWithCode(0),
              "^\\| HEADROOM_OPTIONS \\|(.*\n)+\\| help \\|.*\n$");
}

TEST(ReportOptionsDeathTest, WithoutTheCrashHandlerACrashIsACrash) {
  EXPECT_EXIT(free(Opaque(reinterpret_cast<void*>(0x4141414141414140))),
              ::testing::KilledBySignal(SIGSEGV), "^$");
}

}  // namespace
}  // namespace headroom
