#include "fuzz/engine/mutator.h"

#include <algorithm>
#include <set>

#include "fuzz/engine/program_target.h"
#include "gtest/gtest.h"
#include "tests/fuzz/toy_target.h"

namespace headroom {
namespace {

using Bytes = ProgramMutator::Bytes;

const ProgramTarget<ToyTarget> kToy;
// Setup; add 4; text "xy"; add 6.
const Bytes kInput = {9, 0, 4, 1, 2, 'x', 'y', 0, 6};

size_t Unchanged(uint8_t*, size_t size, size_t) { return size; }

std::vector<std::string> LinesOf(const Bytes& input) {
  std::vector<std::string> lines;
  for (const auto& step : kToy.Read(input.data(), input.size()).steps) {
    lines.push_back(step.text.Line());
  }
  return lines;
}

TEST(ProgramMutatorTest, OperationsStayWhole) {
  const std::vector<std::string> old = LinesOf(kInput);
  std::set<std::vector<std::string>> made;
  for (uint32_t seed = 1; seed < 2000; ++seed) {
    ProgramMutator mutator(kToy, seed);
    const Bytes changed = mutator.Mutate(kInput, 100, &Unchanged);
    EXPECT_EQ(changed.at(0), 9) << "the setup stays";
    const std::vector<std::string> lines = LinesOf(changed);
    // At most one operation is new.
    const auto is_new = [&old](const std::string& line) {
      return std::ranges::find(old, line) == old.end();
    };
    EXPECT_LE(std::ranges::count_if(lines, is_new), 1);
    made.insert(lines);
  }
  EXPECT_TRUE(made.contains({old[0], old[2]})) << "removed";
  EXPECT_TRUE(made.contains({old[0], old[1], old[1], old[2]})) << "repeated";
  EXPECT_TRUE(made.contains({old[1], old[0], old[2]})) << "moved";
  EXPECT_TRUE(made.contains(old)) << "left to the engine";
  EXPECT_GT(made.size(), 100u) << "inserted";
}

TEST(ProgramMutatorTest, TheEngineChangesTheBytesOfOneOperation) {
  const auto set_all = [](uint8_t* data, size_t size, size_t most) {
    EXPECT_EQ(size, most);
    std::fill_n(data, size, 0xee);
    return size;
  };
  std::set<Bytes> made;
  for (uint32_t seed = 1; seed < 2000; ++seed) {
    ProgramMutator mutator(kToy, seed);
    made.insert(mutator.Mutate(kInput, 100, set_all));
  }
  EXPECT_TRUE(made.contains({9, 0xee, 0xee, 1, 2, 'x', 'y', 0, 6}));
  EXPECT_TRUE(made.contains({0xee, 0, 4, 1, 2, 'x', 'y', 0, 6}));
}

TEST(ProgramMutatorTest, NeverMoreThanThereIsRoomFor) {
  for (size_t most = 0; most < 20; ++most) {
    for (uint32_t seed = 1; seed < 200; ++seed) {
      ProgramMutator mutator(kToy, seed);
      EXPECT_LE(mutator.Mutate(kInput, most, &Unchanged).size(), most);
      EXPECT_LE(mutator.CrossOver(kInput, kInput, most).size(), most);
    }
  }
}

TEST(ProgramMutatorTest, AnEmptyInputGetsAnOperation) {
  ProgramMutator mutator(kToy, 5);
  EXPECT_EQ(LinesOf(mutator.Mutate(Bytes{3}, 100, &Unchanged)).size(), 1u);
}

TEST(ProgramMutatorTest, CrossOverJoinsBothSidesOperations) {
  const Bytes other = {1, 0, 40, 0, 50};
  std::set<std::vector<std::string>> made;
  for (uint32_t seed = 1; seed < 500; ++seed) {
    ProgramMutator mutator(kToy, seed);
    const Bytes child = mutator.CrossOver(kInput, other, 100);
    EXPECT_EQ(child.at(0), 9);
    made.insert(LinesOf(child));
  }
  const std::vector<std::string> left = LinesOf(kInput);
  const std::vector<std::string> right = LinesOf(other);
  EXPECT_TRUE(made.contains({left[0], left[1], right[1]}));
  EXPECT_TRUE(made.contains({left[0], right[0], right[1]}));
}

TEST(ProgramMutatorTest, TheSameSeedMakesTheSameChange) {
  for (uint32_t seed = 1; seed < 50; ++seed) {
    EXPECT_EQ(ProgramMutator(kToy, seed).Mutate(kInput, 100, &Unchanged),
              ProgramMutator(kToy, seed).Mutate(kInput, 100, &Unchanged));
  }
}

}  // namespace
}  // namespace headroom
