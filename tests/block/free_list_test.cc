#include "allocator/block/free_list.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "allocator/block/block_header.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

class FreeListTest : public ::testing::Test {
 protected:
  static constexpr size_t kStride = 48;
  static constexpr size_t kBlocks = 100;

  void* Block(size_t i) { return memory_ + 16 + i * kStride; }
  void* PushAll() {
    void* head = kListEnd;
    for (size_t i = 0; i < kBlocks; ++i) {
      head = PushFree(keys_, Block(i), head);
    }
    return head;
  }

  const SealKeys keys_ = MakeSealKeys(
      {0x1234567890abcdef, 0xfedcba0987654321, 0x0f1e2d3c4b5a6978});
  alignas(16) char memory_[16 + kBlocks * kStride] = {};
};
using FreeListDeathTest = FreeListTest;

TEST_F(FreeListTest, LastInFirstOut) {
  void* head = PushAll();
  for (size_t i = kBlocks; i-- > 0;) {
    ASSERT_EQ(head, Block(i));
    head = NextFree(keys_, head);
  }
  EXPECT_EQ(head, kListEnd);
}

TEST_F(FreeListTest, NothingLiesInThePayload) {
  memset(memory_, 0x5a, sizeof(memory_));
  PushAll();
  for (size_t i = 0; i < kBlocks; ++i) {
    const char* payload = static_cast<char*>(Block(i));
    for (size_t k = 0; k < kStride - kHeaderBytes; ++k) {
      ASSERT_EQ(payload[k], 0x5a);
    }
  }
}

TEST_F(FreeListDeathTest, AnOverwrittenWordIsRefused) {
  void* head = PushAll();
  for (uint64_t word : {uint64_t{0}, ~uint64_t{0}, uint64_t{0x4141414141414141},
                        HeaderOf(head) + 1, HeaderOf(Block(1))}) {
    EXPECT_DEATH(
        {
          HeaderOf(head) = word;
          NextFree(keys_, head);
        },
        "headroom: corrupt free block: its header was overwritten: pointer 0x");
  }
}

TEST_F(FreeListDeathTest, ALiveBlockIsNoFreeOne) {
  void* block = Block(3);
  HeaderOf(block) = BlockSeal(keys_, block).SealLive(0x40);
  EXPECT_DEATH(NextFree(keys_, block), "corrupt free block");
}

TEST_F(FreeListDeathTest, AnOverflowOfTheBlockInFrontIsRefused) {
  PushAll();
  // From the payload of block 4 one byte into the header of block 5.
  EXPECT_DEATH(
      {
        static_cast<char*>(Block(4))[kStride - kHeaderBytes] ^= 0x20;
        NextFree(keys_, Block(5));
      },
      "corrupt free block");
}

}  // namespace
}  // namespace headroom
