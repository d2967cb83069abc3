// A program that moves the break itself while the heap uses it too: both keep
// their memory.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "gtest/gtest.h"
#include "tests/override/child.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

struct Piece {
  void* memory;
  size_t bytes;
  uint32_t seed;
};

bool AllHold(const std::vector<Piece>& pieces) {
  bool good = true;
  for (const Piece& p : pieces) good &= Holds(p.memory, p.bytes, p.seed);
  return good;
}

int Interleave() {
  std::vector<Piece> from_sbrk;
  std::vector<Piece> from_malloc;
  for (uint32_t i = 0; i < 300; ++i) {
    // Odd sizes leave the break unaligned.
    const size_t bytes = 1 + i * 977 % 20000;
    void* memory = sbrk(static_cast<intptr_t>(bytes));
    if (memory == reinterpret_cast<void*>(-1)) return 1;
    from_sbrk.push_back({memory, bytes, i});
    Fill(memory, bytes, i);
    for (uint32_t j = 0; j < 20; ++j) {
      const size_t size = 1 + (i * 20 + j) * 613 % 60000;
      from_malloc.push_back({Opaque(malloc(size)), size, j});
      Fill(from_malloc.back().memory, size, j);
    }
  }
  if (!AllHold(from_sbrk)) return 2;
  if (!AllHold(from_malloc)) return 3;
  for (const Piece& piece : from_malloc) free(piece.memory);
  return AllHold(from_sbrk) ? 0 : 4;
}

TEST(SbrkProgramTest, ForeignGrowthInBetween) {
  EXPECT_EQ(StatusOfChild(&Interleave), 0);
}

TEST(SbrkProgramTest, ForeignGrowthAndShrinkOfItsOwnPart) {
  EXPECT_EQ(StatusOfChild([] {
              for (int i = 0; i < 100; ++i) {
                if (sbrk(100000) == reinterpret_cast<void*>(-1)) return 1;
                if (sbrk(-100000) == reinterpret_cast<void*>(-1)) return 2;
                void* block = Opaque(malloc(30000));
                Fill(block, 30000, 1);
                if (!Holds(block, 30000, 1)) return 3;
              }
              return Interleave();
            }),
            0);
}

}  // namespace
}  // namespace headroom
