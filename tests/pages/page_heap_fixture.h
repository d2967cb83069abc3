// A page heap over a fake memory source and a clock that the test turns.
//
// Role: what every test of the page heap needs, in the order in which the
//   layers stand on each other.
#ifndef HEADROOM_TESTS_PAGES_PAGE_HEAP_FIXTURE_H_
#define HEADROOM_TESTS_PAGES_PAGE_HEAP_FIXTURE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "allocator/base/units.h"
#include "allocator/pages/page_heap.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"
#include "allocator/system/metadata_arena.h"
#include "gtest/gtest.h"
#include "tests/system/fake_memory_source.h"

namespace headroom {

class PageHeapFixture : public ::testing::Test {
 protected:
  PageHeapFixture() { now_ms_ = 1000000; }
  ~PageHeapFixture() override { EXPECT_FALSE(source_.abused); }

  Span* Large(size_t pages) {
    return heap_.NewSpan(PageCount{pages}, SpanUse::kLarge);
  }
  static void AdvanceMs(uint64_t ms) { now_ms_ += ms; }
  static uint64_t Now() { return now_ms_; }

  static unsigned char* Bytes(MemoryRange range) {
    return reinterpret_cast<unsigned char*>(range.start);
  }
  static bool IsZero(MemoryRange range) {
    return Bytes(range)[0] == 0 &&
           memcmp(Bytes(range), Bytes(range) + 1, range.bytes - 1) == 0;
  }
  static void Fill(const Span* span) {
    memset(Bytes(span->memory), 0x5a, span->memory.bytes);
  }

  static inline std::atomic<uint64_t> now_ms_{0};
  // The arena has a source of its own, so that either can fail alone.
  FakeMemorySource source_;
  FakeMemorySource arena_source_{size_t{1} << 30};
  MetadataArena arena_{arena_source_};
  PageMap map_{arena_};
  PageHeap heap_{source_, arena_, map_, &Now};
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_PAGES_PAGE_HEAP_FIXTURE_H_
