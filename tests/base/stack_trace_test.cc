#include "allocator/base/stack_trace.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <thread>
#include <vector>

#include "absl/base/attributes.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

uintptr_t Address(const void* p) { return reinterpret_cast<uintptr_t>(p); }

uint32_t IndexOf(const StackTrace& trace, const void* pc) {
  const uintptr_t* end = trace.frames + trace.count;
  return static_cast<uint32_t>(std::find(trace.frames, end, Address(pc)) -
                               trace.frames);
}

// A call that the compiler neither inlines nor turns into a jump.
struct Caller {
  const void* returns_to;
  StackTrace trace;
};
[[gnu::noinline]] void Inner(Caller* caller, int skip) {
  caller->returns_to = __builtin_return_address(0);
  CaptureStack(&caller->trace, skip);
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] void Middle(Caller* caller, int skip) {
  Inner(caller, skip);
  asm volatile("" ::: "memory");
}

TEST(StackTraceTest, SkipNamesTheFirstFrame) {
  Caller caller;
  errno = E2BIG;
  Middle(&caller, 0);
  EXPECT_EQ(errno, E2BIG);
  ASSERT_GT(caller.trace.count, 3u);
  EXPECT_EQ(IndexOf(caller.trace, caller.returns_to), 1u);
  const StackTrace whole = caller.trace;
  Middle(&caller, 1);
  EXPECT_EQ(IndexOf(caller.trace, caller.returns_to), 0u);
  // Their calls stand on different lines; all above them is the same.
  EXPECT_EQ(caller.trace.count, whole.count - 1);
  EXPECT_EQ(caller.trace.frames[3], whole.frames[4]);
  Middle(&caller, 1000);
  EXPECT_EQ(caller.trace.count, 0u);
}

[[gnu::noinline]] void OuterOf(Caller* caller) {
  caller->returns_to = __builtin_return_address(0);
  [](Caller* inner) {
    CaptureStackFrom(&inner->trace, inner->returns_to);
  }(caller);
  asm volatile("" ::: "memory");
}

TEST(StackTraceTest, StartsAtAFrameThatIsNamed) {
  Caller caller;
  OuterOf(&caller);
  ASSERT_GT(caller.trace.count, 2u);
  EXPECT_EQ(caller.trace.frames[0], Address(caller.returns_to));
  CaptureStackFrom(&caller.trace, &caller);
  ASSERT_EQ(caller.trace.count, 1u);
  EXPECT_EQ(caller.trace.frames[0], Address(&caller));
}

extern "C" [[gnu::weak]] const void* _Unwind_Find_FDE(void* pc, void* bases);

// As when the unwinder, with its lock held, has called malloc: an address in it
// lies in the stack.
[[gnu::noinline]] void InsideTheUnwinder(Caller* caller, const void** above) {
  *above = __builtin_return_address(0);
  const void* volatile returns_to[2] = {};
  returns_to[0] = reinterpret_cast<const void*>(&_Unwind_Find_FDE);
  OuterOf(caller);
  asm volatile("" ::"m"(returns_to) : "memory");
}

TEST(StackTraceTest, FramePointersServeWhileTheUnwinderWaits) {
  if (&_Unwind_Find_FDE == nullptr) GTEST_SKIP() << "no such unwinder";
  Caller caller;
  const void* above;
  InsideTheUnwinder(&caller, &above);
  ASSERT_GE(caller.trace.count, 2u);
  EXPECT_EQ(caller.trace.frames[0], Address(caller.returns_to));
  EXPECT_EQ(caller.trace.frames[1], Address(above));
}

[[gnu::noinline]] uint32_t Recurse(int depth, StackTrace* trace) {
  if (depth == 0) {
    CaptureStack(trace, 0);
    return trace->count;
  }
  const uint32_t count = Recurse(depth - 1, trace);
  asm volatile("" ::: "memory");
  return count;
}

TEST(StackTraceTest, EndsWhereItIsFull) {
  StackTrace trace;
  EXPECT_EQ(Recurse(1000, &trace), uint32_t{StackTrace::kMaxFrames});
  EXPECT_LT(Recurse(1, &trace), uint32_t{StackTrace::kMaxFrames});
}

TEST(StackTraceTest, EveryThreadHasItsOwn) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 200; ++i) {
        Caller caller;
        Middle(&caller, 0);
        ASSERT_EQ(IndexOf(caller.trace, caller.returns_to), 1u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// The handler's findings, and the page that it opens; without one, it ends the
// process.
StackTrace fault_trace;
char* closed_page = nullptr;
const void* return_of_fault = nullptr;

void OnFault(int, siginfo_t*, void* context) {
  CaptureFaultStack(&fault_trace, context);
  if (closed_page == nullptr) _exit(fault_trace.frames[0] == 0 ? 0 : 1);
  mprotect(closed_page, 4096, PROT_READ | PROT_WRITE);
}

class FaultTest : public ::testing::Test {
 protected:
  FaultTest() {
    stack_t alternate = {};
    alternate.ss_sp = alternate_stack_;
    alternate.ss_size = sizeof(alternate_stack_);
    sigaltstack(&alternate, &old_stack_);
    struct sigaction action = {};
    action.sa_sigaction = OnFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, &old_action_);
  }
  ~FaultTest() override {
    sigaction(SIGSEGV, &old_action_, nullptr);
    sigaltstack(&old_stack_, nullptr);
  }

 private:
  char alternate_stack_[65536];
  stack_t old_stack_;
  struct sigaction old_action_;
};

[[gnu::noinline]] void WriteTo(volatile char* page) {
  return_of_fault = __builtin_return_address(0);
  *page = 1;
}

TEST_F(FaultTest, AFaultsStackBeginsWithTheInstruction) {
  closed_page = static_cast<char*>(
      mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  WriteTo(closed_page);
  ASSERT_GT(fault_trace.count, 3u);
  const uintptr_t function = Address(reinterpret_cast<void*>(&WriteTo));
  EXPECT_GE(fault_trace.frames[0], function);
  EXPECT_LT(fault_trace.frames[0], function + 256);
  EXPECT_EQ(IndexOf(fault_trace, return_of_fault), 1u);
  munmap(closed_page, 4096);
  closed_page = nullptr;
}

// UBSan would fault first, where it looks for the function's type.
ABSL_ATTRIBUTE_NO_SANITIZE_UNDEFINED void CallNowhere() {
  static void (*volatile nowhere)() = nullptr;
  nowhere();
}

TEST_F(FaultTest, ACallToNowhereNamesIt) {
  EXPECT_EXIT(CallNowhere(), ::testing::ExitedWithCode(0), "");
}

using internal_stack_trace::WalkFramePointers;

TEST(FramePointerTest, FollowsAChainToItsEnd) {
  uintptr_t stack[8] = {};
  stack[0] = Address(&stack[4]);
  stack[1] = 0x10001;
  stack[4] = 0;
  stack[5] = 0x10002;
  StackTrace trace;
  WalkFramePointers(&trace, Address(stack));
  ASSERT_EQ(trace.count, 2u);
  EXPECT_EQ(trace.frames[0], 0x10001u);
  EXPECT_EQ(trace.frames[1], 0x10002u);
}

TEST(FramePointerTest, LoopsAndDownwardChainsEnd) {
  uintptr_t stack[4] = {Address(stack), 0x10001, Address(stack), 0x10002};
  StackTrace trace;
  WalkFramePointers(&trace, Address(stack));
  EXPECT_EQ(trace.count, 1u);
  WalkFramePointers(&trace, Address(stack + 2));
  EXPECT_EQ(trace.count, 2u);
}

TEST(FramePointerTest, NothingUnreadableIsRead) {
  char* pages =
      static_cast<char*>(mmap(nullptr, 2 * 4096, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(pages + 4096, 4096, PROT_NONE);
  StackTrace trace;
  errno = E2BIG;
  for (uintptr_t wrong :
       {uintptr_t{0}, uintptr_t{1}, uintptr_t{8}, Address(pages) + 1,
        Address(pages) + 4096, uintptr_t{1} << 63, ~uintptr_t{7},
        // Its second half lies in the next page.
        Address(pages) + 4096 - 8}) {
    WalkFramePointers(&trace, wrong);
    EXPECT_EQ(trace.count, 0u) << wrong;
  }
  // A good frame that leads to a bad one.
  uintptr_t* frame = reinterpret_cast<uintptr_t*>(pages + 4096 - 16);
  frame[0] = Address(pages) + 4096;
  frame[1] = 0x10001;
  WalkFramePointers(&trace, Address(frame));
  EXPECT_EQ(trace.count, 1u);
  EXPECT_EQ(errno, E2BIG);
  munmap(pages, 2 * 4096);
}

}  // namespace
}  // namespace headroom
