// A guard pool over a kernel that refuses on demand.
//
// Role: what the tests of the guard layer have in common.
#ifndef HEADROOM_TESTS_GUARD_GUARD_FIXTURE_H_
#define HEADROOM_TESTS_GUARD_GUARD_FIXTURE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocator/base/stack_trace.h"
#include "allocator/guard/guard_pool.h"
#include "allocator/system/metadata_arena.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {

inline StackTrace StackOf(uintptr_t frame) {
  StackTrace stack;
  stack.count = 1;
  stack.frames[0] = frame;
  return stack;
}

inline unsigned char* BytesAt(void* block) {
  return static_cast<unsigned char*>(block);
}

class GuardTest : public ::testing::Test {
 protected:
  unsigned char* Allocate(size_t bytes, size_t alignment = 16,
                          uintptr_t frame = 1) {
    return BytesAt(pool_.Allocate(bytes, alignment, StackOf(frame)));
  }
  GuardPool::FreeResult Free(void* block, uintptr_t frame = 2) {
    return pool_.Free(block, StackOf(frame));
  }
  bool IsOpen(const void* p) const {
    return !source_.IsProtected({reinterpret_cast<uintptr_t>(p), 1});
  }
  // A block with its end or with its front against an inaccessible page.
  unsigned char* AllocateAt(bool end, size_t bytes) {
    unsigned char* block = Allocate(bytes);
    while (block != nullptr && IsOpen(block + bytes + 16) == end) {
      Free(block);
      block = Allocate(bytes);
    }
    return block;
  }
  ~GuardTest() override { EXPECT_FALSE(source_.abused); }

  FakeMemorySource source_{size_t{1} << 28};
  FakeMemorySource arena_source_{size_t{1} << 24};
  MetadataArena arena_{arena_source_};
  GuardPool pool_{source_, arena_};
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_GUARD_GUARD_FIXTURE_H_
