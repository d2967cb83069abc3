// Reports of a process that has a listener: details, and going on.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "allocator/base/misuse.h"
#include "allocator/base/report_writer.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

class TestListener final : public MisuseListener {
 public:
  void Describe(Misuse misuse, const void* pointer, const void* ucontext,
                ReportWriter& report) const override {
    if (ucontext != nullptr) report.Text("  fault\n");
    describe(misuse, pointer, report);
  }
  bool MayContinue() const override { return may_continue; }

  void (*describe)(Misuse, const void*, ReportWriter&) =
      [](Misuse, const void* pointer, ReportWriter& report) {
        report.Text("  details of ").Hex(pointer).Text("\n");
      };
  bool may_continue = false;
};

constinit TestListener listener;
constinit void* const kPointer = nullptr;

TEST(MisuseListenerDeathTest, DetailsFollowTheFirstLine) {
  EXPECT_EXIT(ReportMisuse(Misuse::kDoubleFree, reinterpret_cast<void*>(0x10)),
              ::testing::KilledBySignal(SIGABRT),
              "^headroom: double free: .*: pointer 0x10\n  details of 0x10\n$");
}

TEST(MisuseListenerDeathTest, AFaultBringsItsContext) {
  const int context = 0;
  listener.may_continue = true;
  EXPECT_EXIT(
      ReportFault(Misuse::kFreedAccess, kPointer, &context),
      ::testing::KilledBySignal(SIGABRT),
      "^headroom: use after free: .*: pointer 0x0\n  fault\n  details.*\n$");
  listener.may_continue = false;
}

TEST(MisuseListenerDeathTest, OnlyABadCallMayGoOn) {
  EXPECT_EXIT(ReportBadCall(Misuse::kInvalidFree, kPointer),
              ::testing::KilledBySignal(SIGABRT), "details");
  const auto go_on = [] {
    listener.may_continue = true;
    errno = E2BIG;
    for (int i = 0; i < 2; ++i) ReportBadCall(Misuse::kInvalidFree, kPointer);
    exit(errno == E2BIG && !IsReportingHere() ? 7 : 0);
  };
  EXPECT_EXIT(go_on(), ::testing::ExitedWithCode(7),
              "^headroom: .*\n  details.*\nheadroom: .*\n  details.*\n$");
  listener.may_continue = true;
  EXPECT_EXIT(ReportMisuse(Misuse::kInternal, kPointer),
              ::testing::KilledBySignal(SIGABRT), "details");
  listener.may_continue = false;
}

TEST(MisuseListenerDeathTest, AMisuseWhileReportingEndsTheProcess) {
  const auto report_twice = [] {
    listener.may_continue = true;
    listener.describe = [](Misuse, const void*, ReportWriter& report) {
      if (!IsReportingHere()) return;
      report.Text("  lost\n");
      ReportBadCall(Misuse::kCorruptHeader, kPointer);
    };
    ReportBadCall(Misuse::kDoubleFree, kPointer);
  };
  EXPECT_EXIT(report_twice(), ::testing::KilledBySignal(SIGABRT),
              "^headroom: double free: .*\nheadroom: corrupt header: .*\n$");
  // Abort's own handlers do not get to loop.
  const auto handler_misuses = [] {
    signal(SIGABRT, [](int) { ReportMisuse(Misuse::kInternal, kPointer); });
    ReportMisuse(Misuse::kDoubleFree, kPointer);
  };
  EXPECT_EXIT(handler_misuses(), ::testing::KilledBySignal(SIGABRT),
              "^headroom: double.*\n  details.*\nheadroom: internal[^\n]*\n$");
}

TEST(MisuseListenerDeathTest, ACrashWhileDescribingLosesNoFirstLine) {
  const auto crash = [] {
    signal(SIGSEGV, SIG_DFL);  // a sanitizer has one
    listener.describe = [](Misuse, const void*, ReportWriter&) {
      raise(SIGSEGV);
    };
    ReportMisuse(Misuse::kDoubleFree, kPointer);
  };
  EXPECT_EXIT(crash(), ::testing::KilledBySignal(SIGSEGV),
              "^headroom: double free: [^\n]*\n$");
}

// What `body` writes to standard error in a process of its own.
template <typename Body>
std::string StandardErrorOf(Body body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    body();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  ssize_t got;
  while ((got = read(ends[0], buffer, sizeof(buffer))) > 0) {
    text.append(buffer, static_cast<size_t>(got));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

// Longer than the buffer, so that a report is several writes.
TEST(MisuseListenerTest, ReportsOfThreadsComeOutWhole) {
  constexpr int kThreads = 4;
  constexpr int kReports = 20;
  constexpr int kLines = 400;
  const std::string text = StandardErrorOf([] {
    listener.may_continue = true;
    listener.describe = [](Misuse, const void*, ReportWriter& report) {
      for (int i = 0; i < kLines; ++i) report.Text("  twenty characters\n");
    };
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < kReports; ++i) {
          ReportBadCall(Misuse::kDoubleFree, kPointer);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  std::string one =
      "headroom: double free: the block is already free: pointer 0x0\n";
  for (int i = 0; i < kLines; ++i) one += "  twenty characters\n";
  std::string all;
  for (int i = 0; i < kThreads * kReports; ++i) all += one;
  EXPECT_TRUE(text == all) << text.size() << " bytes, not " << all.size();
}

// The child has no thread that could finish the parent's report.
TEST(MisuseListenerDeathTest, AReportCutOffByForkBlocksNobody) {
  const auto fork_meanwhile = [] {
    listener.describe = [](Misuse, const void*, ReportWriter&) {
      const pid_t child = fork();
      if (child == 0) {
        listener.describe = [](Misuse, const void*, ReportWriter& report) {
          report.Text("  child\n");
        };
        ReportMisuse(Misuse::kInvalidFree, kPointer);
      }
      int status = 0;
      waitpid(child, &status, 0);
      _exit(WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    };
    ReportMisuse(Misuse::kDoubleFree, kPointer);
  };
  EXPECT_EXIT(fork_meanwhile(), ::testing::ExitedWithCode(SIGABRT),
              "^headroom: double.*\nheadroom: invalid.*\n  child\n$");
}

}  // namespace

const MisuseListener* ProcessMisuseListener() { return &listener; }

}  // namespace headroom
