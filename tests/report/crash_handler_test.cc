#include "allocator/report/crash_handler.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include "allocator/base/misuse.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr size_t kPage = 4096;

// Explains faults in one page, and may crash over it.
class OnePage final : public FaultExplainer {
 public:
  bool Explain(const Fault& fault, Explanation* out) const override {
    if (crashes) *const_cast<volatile char*>(page) = 1;
    const auto start = reinterpret_cast<uintptr_t>(page);
    if (!fault.has_address || fault.address - start >= kPage) return false;
    *out = {Misuse::kOverflowAccess, fault.address};
    return true;
  }
  const char* page = nullptr;
  bool crashes = false;
};

class CrashingListener final : public MisuseListener {
 public:
  void Describe(Misuse, const void*, const void* ucontext,
                ReportWriter& report) const override {
    if (ucontext != nullptr) report.Text("  fault\n").Flush();
    if (describe_crashes) *reinterpret_cast<volatile char*>(kPage) = 1;
  }
  bool MayContinue() const override { return false; }
  bool describe_crashes = false;
};

constinit OnePage one_page;
constinit CrashingListener listener;
constexpr const FaultExplainer* kExplainers[] = {&one_page};
constexpr CrashHandler handler(kExplainers, 1);

void OnFault(int signal, siginfo_t* info, void* ucontext) {
  handler.Handle(signal, *info, ucontext);
}

char* InaccessiblePage() {
  return static_cast<char*>(
      mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

void Touch(char* at) { *const_cast<volatile char*>(at) = 1; }

class CrashHandlerDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    one_page = OnePage();
    one_page.page = InaccessiblePage();
    listener = CrashingListener();
    handler.Install(&OnFault);
  }
  void TearDown() override { munmap(const_cast<char*>(one_page.page), kPage); }

  char* ours() { return const_cast<char*>(one_page.page); }
};

TEST_F(CrashHandlerDeathTest, AFaultOfOursIsReported) {
  EXPECT_EXIT(Touch(ours() + 5), ::testing::KilledBySignal(SIGABRT),
              "^headroom: buffer overflow: access behind a block: "
              "pointer 0x[0-9a-f]+005\n  fault\n$");
  EXPECT_EXIT(std::thread([&] { Touch(ours()); }).join(),
              ::testing::KilledBySignal(SIGABRT), "^headroom: ");
}

TEST_F(CrashHandlerDeathTest, OthersEndAsIfThereWereNone) {
  char* other = InaccessiblePage();
  EXPECT_EXIT(Touch(other), ::testing::KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(Touch(nullptr), ::testing::KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(Touch(reinterpret_cast<char*>(uintptr_t{1} << 60)),
              ::testing::KilledBySignal(SIGSEGV), "^$");
  munmap(other, kPage);
}

TEST_F(CrashHandlerDeathTest, SignalsThatWereSentEndTheProcess) {
  EXPECT_EXIT(raise(SIGSEGV), ::testing::KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(kill(getpid(), SIGBUS), ::testing::KilledBySignal(SIGBUS), "^$");
}

TEST_F(CrashHandlerDeathTest, ACrashOfTheHandlerEndsTheProcess) {
  const auto crash = [&] {
    one_page.crashes = true;
    Touch(ours());
  };
  EXPECT_EXIT(crash(), ::testing::KilledBySignal(SIGSEGV), "^$");
}

TEST_F(CrashHandlerDeathTest, ACrashOfTheReportKeepsItsFirstLine) {
  const auto crash_of_a_fault = [&] {
    listener.describe_crashes = true;
    Touch(ours());
  };
  EXPECT_EXIT(crash_of_a_fault(), ::testing::KilledBySignal(SIGSEGV),
              "^headroom: buffer overflow: [^\n]*\n  fault\n$");
  const auto crash_of_a_misuse = [&] {
    listener.describe_crashes = true;
    one_page.page = reinterpret_cast<char*>(kPage);  // would be explained
    ReportMisuse(Misuse::kDoubleFree, nullptr);
  };
  EXPECT_EXIT(crash_of_a_misuse(), ::testing::KilledBySignal(SIGSEGV),
              "^headroom: double free: [^\n]*\n$");
}

// The compiler must not see that it never ends.
volatile bool ends = false;
[[gnu::noinline]] int Recurse(volatile char* before) {
  volatile char here[1000];
  here[0] = before == nullptr ? 0 : before[0];
  return ends ? 0 : Recurse(here) + here[0];
}

TEST_F(CrashHandlerDeathTest, AStackOverflowEndsAsIfThereWereNone) {
  EXPECT_EXIT(exit(Recurse(nullptr)), ::testing::KilledBySignal(SIGSEGV), "^$");
}

void ProgramsOwn(int) { _exit(7); }

TEST_F(CrashHandlerDeathTest, TheProgramsOwnHandlersWin) {
  const auto later = [&] {
    signal(SIGSEGV, &ProgramsOwn);
    Touch(ours());
  };
  EXPECT_EXIT(later(), ::testing::ExitedWithCode(7), "^$");
  const auto earlier = [&] {
    signal(SIGSEGV, &ProgramsOwn);
    handler.Install(&OnFault);
    Touch(ours());
  };
  EXPECT_EXIT(earlier(), ::testing::ExitedWithCode(7), "^$");
  const auto ignored = [] {
    signal(SIGBUS, SIG_IGN);
    handler.Install(&OnFault);
    raise(SIGBUS);
    exit(8);
  };
  EXPECT_EXIT(ignored(), ::testing::ExitedWithCode(8), "^$");
}

}  // namespace

const MisuseListener* ProcessMisuseListener() { return &listener; }

}  // namespace headroom
