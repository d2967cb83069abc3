#include "allocator/system/random.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <vector>

#include "allocator/system/clock.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

using Fill = void (*)(void*, size_t);

class RandomTest : public ::testing::TestWithParam<Fill> {};

TEST_P(RandomTest, WordsNeverRepeat) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    uint64_t words[4];
    GetParam()(words, sizeof(words));
    for (uint64_t word : words) EXPECT_TRUE(seen.insert(word).second);
  }
}

TEST_P(RandomTest, EveryBitIsSetHalfTheTime) {
  std::vector<uint64_t> words(20000);
  GetParam()(words.data(), words.size() * sizeof(words[0]));
  for (int bit = 0; bit < 64; ++bit) {
    int ones = 0;
    for (uint64_t word : words) ones += word >> bit & 1;
    // 10000 expected, standard deviation 71: eight of them.
    EXPECT_NEAR(ones, 10000, 568) << "bit " << bit;
  }
}

TEST_P(RandomTest, WritesExactlyWhatItWasAsked) {
  for (size_t bytes = 0; bytes < 40; ++bytes) {
    std::vector<unsigned char> buffer(64, 0xa5);
    bool last_changed = bytes == 0;
    for (int i = 0; i < 64 && !last_changed; ++i) {
      GetParam()(buffer.data(), bytes);
      last_changed = buffer[bytes - 1] != 0xa5;
    }
    EXPECT_TRUE(last_changed);
    for (size_t i = bytes; i < buffer.size(); ++i) EXPECT_EQ(buffer[i], 0xa5);
  }
}

TEST_P(RandomTest, KeepsErrno) {
  uint64_t word;
  errno = E2BIG;
  GetParam()(&word, sizeof(word));
  EXPECT_EQ(errno, E2BIG);
}

INSTANTIATE_TEST_SUITE_P(
    Both, RandomTest,
    ::testing::Values(&FillRandom, &internal_random::FillWithoutKernel));

// From here on, getrandom fails with EPERM in this process.
bool ForbidGetrandom() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(RandomDeathTest, FillsWithoutGetrandom) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        if (!ForbidGetrandom()) _exit(7);
        char byte;
        if (syscall(SYS_getrandom, &byte, 1, 0) != -1) _exit(8);
        uint64_t words[3] = {};
        errno = E2BIG;
        FillRandom(words, sizeof(words));
        _exit(errno == E2BIG && words[0] != 0 && words[1] != 0 &&
                      words[2] != 0 && words[0] != words[1]
                  ? 0
                  : 9);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ClockTest, RunsForwardInMilliseconds) {
  const uint64_t before = MonotonicMilliseconds();
  usleep(50000);
  const uint64_t passed = MonotonicMilliseconds() - before;
  EXPECT_GE(passed, 40u);
  EXPECT_LT(passed, 30000u);
}

}  // namespace
}  // namespace headroom
