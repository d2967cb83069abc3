// A whole process on libheadroom.so in which the allocator's calls of libc
// fail, each by itself, in pairs, and for ever: from the first malloc before
// main to the last one in exit.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/faults/fault_channel.h"

namespace headroom {
namespace {

// From the command line.
std::string program;
std::string preload;

constexpr uint32_t BitOf(LibcCall call) {
  return uint32_t{1} << static_cast<int>(call);
}
constexpr uint32_t kAllCalls = (uint32_t{1} << kLibcCalls) - 1;

class ProcessFaultsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const int memory = memfd_create("faults", 0);
    ASSERT_GE(memory, 0);
    ASSERT_EQ(ftruncate(memory, sizeof(FaultChannel)), 0);
    ASSERT_EQ(dup2(memory, kChannelDescriptor), kChannelDescriptor);
    channel_ = OpenFaultChannel();
    ASSERT_NE(channel_, nullptr);
  }
  static void TearDownTestSuite() {
    std::cout << "the process: " << all_failures_ << " calls failed in "
              << runs_ << " runs\n";
  }

  // Runs the program once; expects it to end well.
  void Run(uint32_t kinds, uint64_t first, uint64_t distance = 0,
           bool for_ever = false) {
    memset(static_cast<void*>(channel_), 0, sizeof(*channel_));
    channel_->kinds = kinds;
    channel_->first = first;
    channel_->distance = distance;
    channel_->for_ever = for_ever;
    char* arguments[] = {program.data(), nullptr};
    char* environment[] = {preload.data(), options_, nullptr};
    pid_t child;
    ASSERT_EQ(posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments,
                          environment),
              0);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0) << "first " << first << ", distance " << distance;
    ++runs_;
    all_failures_ += channel_->failures;
    for (const FaultChannel::Site& site : channel_->failed_sites) {
      if (site.return_offset != 0)
        sites_.emplace(site.return_offset, site.call);
    }
  }

  static inline FaultChannel* channel_ = nullptr;
  static inline uint64_t all_failures_ = 0;
  static inline uint64_t runs_ = 0;
  static inline std::set<std::pair<uintptr_t, int>> sites_;
  // Samples, so that the guard pool is made.
  char options_[40] = "HEADROOM_OPTIONS=sample_every=25";
};

TEST_F(ProcessFaultsTest, WithoutAFailureNothingIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Run(kAllCalls, 0));
  EXPECT_EQ(channel_->nulls, 0u);
  for (int call = 0; call < kLibcCalls; ++call) {
    std::cout << kLibcCallNames[call] << ": " << channel_->calls_of[call]
              << " calls\n";
  }
}

class EachCallTest : public ProcessFaultsTest,
                     public testing::WithParamInterface<int> {};

TEST_P(EachCallTest, FailsOnce) {
  const auto call = static_cast<LibcCall>(GetParam());
  for (uint64_t n = 1;; ++n) {
    ASSERT_NO_FATAL_FAILURE(Run(BitOf(call), n));
    // There is another way to serve the caller.
    if (call != LibcCall::kMmap) {
      EXPECT_EQ(channel_->nulls, 0u) << "call " << n;
    }
    if (channel_->failures == 0) break;
  }
}

TEST_P(EachCallTest, FailsForEver) {
  const auto call = static_cast<LibcCall>(GetParam());
  for (uint64_t n = 1;; n += n / 8 + 1) {
    ASSERT_NO_FATAL_FAILURE(Run(BitOf(call), n, 0, /*for_ever=*/true));
    if (call != LibcCall::kMmap) {
      EXPECT_EQ(channel_->nulls, 0u) << "call " << n;
    }
    if (channel_->failures == 0) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, EachCallTest, testing::Range(0, kLibcCalls),
                         [](const auto& info) {
                           return std::string(kLibcCallNames[info.param]);
                         });

// The process starts up, and two of the first calls fail.
TEST_F(ProcessFaultsTest, EachPairOfTheFirstCallsFails) {
  constexpr uint64_t kStartUp = 20;
  for (uint64_t n = 1; n < kStartUp; ++n) {
    for (uint64_t distance = 1; n + distance <= kStartUp; ++distance) {
      ASSERT_NO_FATAL_FAILURE(Run(kAllCalls, n, distance));
      EXPECT_EQ(channel_->failures, 2u);
    }
  }
}

TEST_F(ProcessFaultsTest, EveryCallFailsFromOneOn) {
  for (uint64_t n = 1;; n += n / 8 + 1) {
    ASSERT_NO_FATAL_FAILURE(Run(kAllCalls, n, 0, /*for_ever=*/true));
    if (channel_->failures == 0) break;
  }
}

}  // namespace
}  // namespace headroom

// Usage: process_faults_test PROGRAM LIBRARIES..., in preloading order.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  headroom::program = argv[1];
  headroom::preload = "LD_PRELOAD=";
  for (int i = 2; i < argc; ++i) {
    const std::unique_ptr<char, void (*)(void*)> path(
        realpath(argv[i], nullptr), &std::free);
    headroom::preload += std::string(i == 2 ? "" : ":") + path.get();
  }
  return RUN_ALL_TESTS();
}
