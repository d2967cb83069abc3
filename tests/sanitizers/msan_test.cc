// MSan sees where a program uses what was never written: for --config=msan.
#include <cstddef>

#include "allocator/base/memory_checker.h"
#include "gtest/gtest.h"
#include "tests/sanitizers/sanitizer_fixture.h"

namespace headroom {
namespace {

constexpr char kFound[] = "MemorySanitizer: use-of-uninitialized-value";

using MsanTest = SanitizerTest;
using MsanDeathTest = SanitizerTest;

volatile int sink;

// Something depends on the value.
void Use(volatile char* p) {
  if (*p != 0) sink = 1;
}

TEST_F(MsanDeathTest, AFreshBlockHasNoValues) {
  for (const size_t bytes : kSizes) {
    volatile char* block = Malloc(bytes);
    EXPECT_DEATH(headroom::Use(block), kFound) << bytes;
    if (bytes <= MemoryChecker::kMostBytes) {
      EXPECT_DEATH(headroom::Use(block + bytes - 1), kFound) << bytes;
    }
    block[0] = 1;
    headroom::Use(block);
    Free(block);
  }
}

TEST_F(MsanDeathTest, NorHasOneThatIsUsedAgain) {
  volatile char* block = Malloc(100);
  for (int i = 0; i < 100; ++i) block[i] = 1;
  Free(block);
  ASSERT_EQ(Malloc(100), block);
  EXPECT_DEATH(headroom::Use(block), kFound);
}

TEST_F(MsanDeathTest, AFreedBlockHasNone) {
  for (const size_t bytes : {1, 100, 32760}) {
    volatile char* block = Malloc(bytes);
    block[0] = 1;
    Free(block);
    EXPECT_DEATH(headroom::Use(block), kFound) << bytes;
  }
}

TEST_F(MsanDeathTest, WhatReallocAddsHasNone) {
  for (const size_t bytes : {100, 40000, 5 << 20}) {
    volatile char* block = Malloc(bytes);
    const size_t usable = UsableBytes(block);
    for (size_t i = 0; i < usable; ++i) block[i] = 1;
    block = Realloc(block, 2 * usable);
    headroom::Use(block);
    headroom::Use(block + usable - 1);
    EXPECT_DEATH(headroom::Use(block + usable), kFound) << bytes;
    Free(block);
  }
}

TEST_F(MsanTest, CallocWrites) {
  for (const size_t bytes : kSizes) {
    volatile char* block = Calloc(bytes);
    headroom::Use(block);
    headroom::Use(block + bytes - 1);
    Free(block);
  }
}

}  // namespace
}  // namespace headroom
