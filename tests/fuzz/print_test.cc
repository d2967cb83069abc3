#include "fuzz/engine/print.h"

#include <array>

#include "fuzz/engine/program_target.h"
#include "gtest/gtest.h"
#include "tests/fuzz/toy_target.h"

namespace headroom {
namespace {

const ProgramTarget<ToyTarget> kToy;
constexpr std::array<uint8_t, 9> kInput = {7, 0, 31, 1, 3, 'h', '"', 0, 0};

TEST(PrintTest, TextHasALineAnOperation) {
  EXPECT_EQ(PrintText(kToy, kInput),
            "on toy start=7\n"
            "1 toy_add amount=31 kind=kBlue\n"
            "2 toy_text text=\"h\\\"\\000\"\n"
            "3 toy_add amount=0 kind=kRed\n");
}

TEST(PrintTest, TheTestDoesTheSame) {
  EXPECT_EQ(PrintTest(kToy, kInput, "crash-0a.bin"),
            R"(#include "tests/fuzz/toy_target.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

using namespace std::string_literals;

TEST(ToyThingsFuzzTest, Inputcrash0abin) {
  ToyState state(ToySetup{.start = 7});
  ToyAddOperation{.amount = 31, .kind = ToyKind::kBlue}.Perform(state);
  state.AfterOperation();
  ToyTextOperation{.text = "h\"\000"s}.Perform(state);
  state.AfterOperation();
  ToyAddOperation{.amount = 0, .kind = ToyKind::kRed}.Perform(state);
  state.AfterOperation();
  state.Finish();
}

}  // namespace
}  // namespace headroom
)");
}

TEST(OperationTextTest, ValuesAreExpressions) {
  EXPECT_EQ(Expression(true), "true");
  EXPECT_EQ(Expression(-5), "-5");
  EXPECT_EQ(Expression(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(Expression(UINT64_MAX), "18446744073709551615u");
  EXPECT_EQ(Expression(std::string_view("a\\\n7")), R"("a\\\0127"s)");
  const std::array<char, 3> bytes = {1, -1, 'a'};
  EXPECT_EQ(Expression(std::span<const char>(bytes)), "{1, -1, 97}");
}

}  // namespace
}  // namespace headroom
