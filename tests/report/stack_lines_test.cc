#include "allocator/report/stack_lines.h"

#include <gnu/libc-version.h>

#include <cstdint>
#include <string>

#include "allocator/base/stack_trace.h"
#include "gtest/gtest.h"
#include "tests/report/text_of.h"

// Outside of the allocator's namespace, whose frames are left out.
extern "C" [[gnu::noinline]] void stack_lines_test_outer(
    headroom::StackTrace* stack) {
  headroom::CaptureStack(stack, 0);
  asm volatile("");
}

namespace headroom {
namespace {

std::string Lines(const StackTrace& stack, FirstFrame first) {
  return TextOf([&](ReportWriter& out) { WriteStack(stack, first, out); });
}

template <typename Function>
uintptr_t AddressOf(Function* function) {
  return reinterpret_cast<uintptr_t>(function);
}

TEST(StackLinesTest, AFrameIsAddressModuleOffsetName) {
  StackTrace stack;
  stack_lines_test_outer(&stack);
  ASSERT_GE(stack.count, 2u);
  const std::string text = Lines(stack, FirstFrame::kReturnAddress);
  const std::string first = text.substr(0, text.find('\n'));
  EXPECT_EQ(first.substr(0, 9), "    #0 0x") << text;
  EXPECT_NE(first.find(" stack_lines_test_outer"), std::string::npos) << text;
  EXPECT_NE(first.find("/stack_lines_test+0x"), std::string::npos) << text;
  EXPECT_NE(text.find("\n    #1 0x"), std::string::npos) << text;
}

// A call may be a function's last instruction.
TEST(StackLinesTest, ReturnAddressesBelongToTheCallBefore) {
  StackTrace stack;
  stack.count = 1;
  stack.frames[0] = AddressOf(&stack_lines_test_outer);
  EXPECT_NE(
      Lines(stack, FirstFrame::kInstruction).find(" stack_lines_test_outer"),
      std::string::npos);
  EXPECT_EQ(
      Lines(stack, FirstFrame::kReturnAddress).find(" stack_lines_test_outer"),
      std::string::npos);
}

TEST(StackLinesTest, LibrariesHaveNamesForTheLoader) {
  StackTrace stack;
  stack.count = 1;
  stack.frames[0] = AddressOf(&gnu_get_libc_version);
  const std::string text = Lines(stack, FirstFrame::kInstruction);
  EXPECT_NE(text.find("libc"), std::string::npos) << text;
  EXPECT_NE(text.find(" gnu_get_libc_version\n"), std::string::npos) << text;
}

TEST(StackLinesTest, TheAllocatorsOwnFramesAreLeftOut) {
  StackTrace stack;
  stack.count = 3;
  stack.frames[0] = AddressOf(&WriteStack) + 1;
  stack.frames[1] = AddressOf(&CaptureStack) + 1;
  stack.frames[2] = AddressOf(&stack_lines_test_outer) + 1;
  const std::string text = Lines(stack, FirstFrame::kReturnAddress);
  EXPECT_EQ(text.find("headroom"), text.rfind("headroom")) << text;
  EXPECT_NE(text.find("#0"), std::string::npos);
  EXPECT_EQ(text.find("#1"), std::string::npos) << text;
  stack.count = 2;
  EXPECT_EQ(Lines(stack, FirstFrame::kReturnAddress),
            "    cannot be taken in this program\n");
}

TEST(StackLinesTest, WildAddressesAreShownBare) {
  StackTrace stack;
  stack.count = 2;
  stack.frames[0] = 0x10;
  stack.frames[1] = UINTPTR_MAX;
  EXPECT_EQ(Lines(stack, FirstFrame::kReturnAddress),
            "    #0 0x10\n    #1 0xffffffffffffffff\n");
}

}  // namespace
}  // namespace headroom
