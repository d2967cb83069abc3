#include "fuzz/engine/program_target.h"

#include <array>

#include "gtest/gtest.h"
#include "tests/fuzz/toy_target.h"

namespace headroom {
namespace {

const ProgramTarget<ToyTarget> kToy;

TEST(ProgramTargetTest, RunsSetupOperationsAndFinish) {
  const std::array<uint8_t, 8> input = {7, 0, 30, 1, 2, 'h', 'i', 0};
  kToy.Run(input.data(), input.size());
  EXPECT_EQ(ToyLog(),
            (std::vector<std::string>{"start 7", "add 30", "after", "text hi",
                                      "after", "add 0", "after", "finish"}));
}

TEST(ProgramTargetTest, AnEmptyInputIsAProgram) {
  kToy.Run(nullptr, 0);
  EXPECT_EQ(ToyLog(), (std::vector<std::string>{"start 0", "finish"}));
  EXPECT_TRUE(kToy.Read(nullptr, 0).steps.empty());
}

TEST(ProgramTargetTest, StepsAreTheInputsBytesOneAfterTheOther) {
  const std::array<uint8_t, 7> input = {7, 0, 30, 1, 2, 'h', 'i'};
  const FuzzTarget::Program program = kToy.Read(input.data(), input.size());
  EXPECT_EQ(program.setup_bytes, 1u);
  ASSERT_EQ(program.steps.size(), 2u);
  EXPECT_EQ(program.steps[0].begin, 1u);
  EXPECT_EQ(program.steps[0].end, 3u);
  EXPECT_EQ(program.steps[1].begin, 3u);
  EXPECT_EQ(program.steps[1].end, 7u);
}

TEST(ProgramTargetTest, WhatIsTooLongIsNeitherRunNorRead) {
  const std::vector<uint8_t> input(1 + 2 * 30, 4);
  kToy.Run(input.data(), input.size());
  EXPECT_EQ(ToyLog().size(), 1u + 2 * ToyTarget::kMostOperations + 1);
  EXPECT_EQ(kToy.Read(input.data(), input.size()).steps.size(),
            size_t{ToyTarget::kMostOperations});
}

}  // namespace
}  // namespace headroom
