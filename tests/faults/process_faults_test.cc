// A whole process on libheadroom.so in which the allocator's calls of libc
// fail, each by itself, in pairs, and for ever: from the first malloc before
// main to the last one in exit.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tests/faults/fault_channel.h"

namespace headroom {
namespace {

// From the command line.
std::string program;
std::string preload;
std::string library;

// Where the library was when a call failed, of all tests.
std::set<uintptr_t> failed_sites;
uint64_t failures_of[kLibcCalls];

constexpr uint32_t BitOf(LibcCall call) {
  return uint32_t{1} << static_cast<int>(call);
}
constexpr uint32_t kAllCalls = (uint32_t{1} << kLibcCalls) - 1;

std::string ProfileSetting() {
  constexpr char kName[] = "LLVM_PROFILE_FILE";
  const char* file = std::getenv(kName);
  return file == nullptr ? "" : std::string(kName) + "=" + file;
}

class ProcessFaultsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
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
    const int status = StatusOf("", kinds, first, distance, for_ever);
    ASSERT_EQ(status, 0) << "first " << first << ", distance " << distance;
  }

  // How the program ends, as waitpid says it.
  int StatusOf(std::string mode, uint32_t kinds, uint64_t first,
               uint64_t distance, bool for_ever) {
    memset(static_cast<void*>(channel_), 0, sizeof(*channel_));
    channel_->kinds = kinds;
    channel_->first = first;
    channel_->distance = distance;
    channel_->for_ever = for_ever;
    char* arguments[] = {program.data(), mode.data(), nullptr};
    // A sampled block that is freed twice faults, and without the handler, if
    // that is what failed, there is no report.
    char* environment[] = {preload.data(), mode.empty() ? options_ : unsampled_,
                           profile_.empty() ? nullptr : profile_.data(),
                           nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (!mode.empty()) {  // its reports are expected
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                       O_WRONLY, 0);
    }
    pid_t child;
    int status = -1;
    if (posix_spawn(&child, program.c_str(), &actions, nullptr, arguments,
                    environment) == 0) {
      waitpid(child, &status, 0);
    }
    posix_spawn_file_actions_destroy(&actions);
    ++runs_;
    all_failures_ += channel_->failures;
    for (int call = 0; call < kLibcCalls; ++call) {
      failures_of[call] += channel_->failures_of[call];
    }
    for (const FaultChannel::Site& site : channel_->failed_sites) {
      if (site.return_offset != 0) failed_sites.insert(site.return_offset);
    }
    return status;
  }

  static inline FaultChannel* channel_ = nullptr;
  static inline uint64_t all_failures_ = 0;
  static inline uint64_t runs_ = 0;
  // Samples, so that the guard pool is made.
  char options_[40] = "HEADROOM_OPTIONS=sample_every=25";
  char unsampled_[40] = "HEADROOM_OPTIONS=sample_every=0";
  // Where coverage is counted, if it is.
  std::string profile_ = ProfileSetting();
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

TEST_F(ProcessFaultsTest, ForkHandlersThatFailAreTriedAgain) {
  constexpr uint32_t kHandlers = BitOf(LibcCall::kRegisterAtfork);
  const auto& tries =
      channel_->calls_of[static_cast<int>(LibcCall::kRegisterAtfork)];
  ASSERT_NO_FATAL_FAILURE(Run(kHandlers, 1));
  EXPECT_EQ(tries, 2u);
  // Nor is it the end of it that no thread has a cache.
  ASSERT_NO_FATAL_FAILURE(
      Run(kHandlers | BitOf(LibcCall::kKeyCreate), 1, /*distance=*/1));
  EXPECT_EQ(channel_->failures, 2u);
  EXPECT_EQ(tries, 2u);
}

// What a report and a crash need may fail, too: they end as they always do.
TEST_F(ProcessFaultsTest, EachCallOfAReportFails) {
  for (const bool for_ever : {false, true}) {
    for (uint64_t n = 1;; ++n) {
      const int status = StatusOf("free_twice", kAllCalls, n, 0, for_ever);
      ASSERT_TRUE(WIFSIGNALED(status)) << n;
      ASSERT_EQ(WTERMSIG(status), SIGABRT) << n;
      if (channel_->failures == 0) break;
    }
  }
}

TEST_F(ProcessFaultsTest, EachCallOfACrashFails) {
  for (const bool for_ever : {false, true}) {
    for (uint64_t n = 1;; ++n) {
      const int status = StatusOf("crash", kAllCalls, n, 0, for_ever);
      ASSERT_TRUE(WIFSIGNALED(status)) << n;
      // Where the handler cannot be taken away, it is not the kernel that ends
      // the process.
      ASSERT_TRUE(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGABRT)
          << n;
      if (channel_->failures == 0) break;
    }
  }
}

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

// Whoever adds a call has to let it fail somewhere above.
class EveryCallFailed : public testing::Environment {
 public:
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*") return;
    for (int call = 0; call < kLibcCalls; ++call) {
      EXPECT_GT(failures_of[call], 0u) << kLibcCallNames[call];
    }
    const std::map<uintptr_t, std::string> calls = CallsInLibrary();
    EXPECT_GT(calls.size(), 10u);
    std::cout << calls.size() << " calls in the library\n";
    for (const auto& [offset, name] : calls) {
      EXPECT_EQ(failed_sites.count(offset), 1u)
          << "no test lets the call of " << name << " fail that returns to 0x"
          << std::hex << offset;
    }
  }

 private:
  // By what each returns to. Without those that are a function's last act and
  // return to its caller; and without system calls by number, most of which
  // cannot fail.
  static std::map<uintptr_t, std::string> CallsInLibrary() {
    std::map<uintptr_t, std::string> calls;
    FILE* output =
        popen(("objdump -d --no-show-raw-insn " + library).c_str(), "r");
    std::string called;
    for (char line[512]; fgets(line, sizeof(line), output) != nullptr;) {
      char* rest;
      const uintptr_t address = strtoul(line, &rest, 16);
      if (rest == line || *rest != ':') continue;
      if (!called.empty()) calls[address] = called;
      called = NameOfCall(rest);
    }
    pclose(output);
    return calls;
  }
  // Of those that can fail; empty for others.
  static std::string NameOfCall(const std::string& instruction) {
    if (instruction.find("call") == std::string::npos) return "";
    for (const char* name : kLibcCallNames) {
      if (instruction.find("<" + std::string(name) + "@plt>") !=
          std::string::npos) {
        return name;
      }
    }
    return "";
  }
};
const auto* const kEveryCallFailed =
    testing::AddGlobalTestEnvironment(new EveryCallFailed);

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
    headroom::library = path.get();
  }
  return RUN_ALL_TESTS();
}
