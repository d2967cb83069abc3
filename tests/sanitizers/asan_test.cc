// ASan sees what a program does to memory that is not its own: for
// --config=asan.
#include <sanitizer/asan_interface.h>

#include <cstddef>
#include <memory>

#include "allocator/base/memory_checker.h"
#include "gtest/gtest.h"
#include "tests/sanitizers/sanitizer_fixture.h"

namespace headroom {
namespace {

constexpr char kFound[] = "ERROR: AddressSanitizer: use-after-poison";

using AsanTest = SanitizerTest;
using AsanDeathTest = SanitizerTest;

TEST_F(AsanDeathTest, AccessBehindABlock) {
  for (const size_t bytes : kSizes) {
    volatile char* block = Malloc(bytes);
    const size_t usable = UsableBytes(block);
    Read(block + usable - 1);
    EXPECT_DEATH(Read(block + usable), kFound) << bytes;
    EXPECT_DEATH(block[usable] = 1, kFound) << bytes;
    Free(block);
  }
}

TEST_F(AsanDeathTest, AccessInFrontOfABlock) {
  for (const size_t bytes : kSizes) {
    volatile char* block = Malloc(bytes);
    EXPECT_DEATH(Read(block - 1), kFound) << bytes;
    EXPECT_DEATH(block[-8] = 1, kFound) << bytes;
    Free(block);
  }
}

TEST_F(AsanDeathTest, AccessToAFreedBlock) {
  for (const size_t bytes : {1, 100, 32760, 40000}) {
    volatile char* block = Malloc(bytes);
    Free(block);
    EXPECT_DEATH(Read(block), kFound) << bytes;
    EXPECT_DEATH(block[bytes - 1] = 1, kFound) << bytes;
  }
}

TEST_F(AsanDeathTest, AccessToABlockThatIsBackInItsSpan) {
  volatile char* block = Malloc(100);
  Free(block);
  thread_->Exit();
  heap_->ReleaseAll();
  EXPECT_DEATH(Read(block), kFound);
}

TEST_F(AsanDeathTest, AccessAroundAnAlignedBlock) {
  auto* block = static_cast<char*>(thread_->Memalign(256, 300));
  const size_t usable = UsableBytes(block);
  Read(block + usable - 1);
  EXPECT_DEATH(Read(block + usable), kFound);
  EXPECT_DEATH(Read(block - 9), kFound);
  Free(block);
  EXPECT_DEATH(Read(block), kFound);
}

TEST_F(AsanDeathTest, AccessBehindWhatWasAskedForWhereThereIsATail) {
  Options options;
  options.tail_canary = true;
  Use(options);
  for (const size_t bytes : kSizes) {
    volatile char* block = Malloc(bytes);
    Read(block + bytes - 1);
    EXPECT_DEATH(Read(block + bytes), "") << bytes;
    Free(block);
  }
}

TEST_F(AsanDeathTest, AccessToWhatReallocCutOff) {
  volatile char* block = Malloc(1 << 20);
  volatile char* shrunk = Realloc(block, 500000);
  ASSERT_EQ(shrunk, block);
  EXPECT_DEATH(Read(block + UsableBytes(shrunk)), kFound);
  EXPECT_DEATH(Read(block + (1 << 20) - 1), kFound);
  Free(shrunk);
}

TEST_F(AsanDeathTest, AccessBehindASampledBlock) {
  auto* block = static_cast<char*>(heap_->guard.Allocate(100, 16, {}));
  Read(block + 99);
  EXPECT_DEATH(Read(block + 100), kFound);
  EXPECT_DEATH(Read(block - 9), kFound);
}

TEST_F(AsanTest, WhatBelongsToTheProgramIsOpen) {
  for (const size_t bytes : kSizes) {
    volatile char* block = Calloc(bytes);
    for (size_t i = 0; i < UsableBytes(block); i += 7) block[i] = 1;
    block = Realloc(block, 3 * bytes);
    for (size_t i = 0; i < UsableBytes(block); i += 7) block[i] = 1;
    block = Realloc(block, bytes);
    for (size_t i = 0; i < UsableBytes(block); i += 7) block[i] = 1;
    Free(block);
  }
}

TEST_F(AsanTest, AGiantRangeOpensToTheByte) {
  constexpr size_t kBytes = size_t{9} << 20;
  constexpr size_t kFirst = 104;  // a multiple of ASan's 8, of no page
  const std::unique_ptr<char[]> memory(new char[kFirst + kBytes + 64]);
  char* opened = memory.get() + kFirst;
  MemoryChecker::Close(memory.get(), kFirst + kBytes + 64);
  MemoryChecker::Open(opened, kBytes + 3);
  EXPECT_EQ(__asan_region_is_poisoned(opened, kBytes + 3), nullptr);
  EXPECT_TRUE(__asan_address_is_poisoned(opened - 1));
  EXPECT_TRUE(__asan_address_is_poisoned(opened + kBytes + 3));
  MemoryChecker::Open(memory.get(), kFirst + kBytes + 64);
}

}  // namespace
}  // namespace headroom
