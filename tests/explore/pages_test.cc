// Reads of the page map without a lock, against whoever makes, deletes and
// resizes spans and mappings.
#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explore/heap_scenario.h"

namespace headroom::explore {
namespace {

// Asks for the sizes of its own blocks, and looks at pages that are anybody's,
// while another thread takes and frees. (What a span's record says is the
// owner's to read.)
struct Readers : HeapScenario {
  explicit Readers(size_t bytes) : bytes(bytes) {
    block = Take(reader, kSpanBytes);
    large = static_cast<char*>(reader->Malloc(kLargeBytes));
    // Where the other thread's first block will lie.
    spot = reader->Malloc(bytes);
    reader->Free(spot);
  }
  void Read() {
    Require(reader->UsableBytes(block) >= kSpanBytes, "the block's size");
    Require(reader->UsableBytes(large) >= kLargeBytes, "the large one's size");
    for (const PageId page :
         {PageContaining(spot),
          PageContaining(large + kLargeBytes) + PageCount{1}}) {
      heap.map.Get(page);
      heap.map.IsBacked(page);
      heap.map.IsClosed(page);
    }
    // Where no leaf of the map is.
    heap.map.Get(PageId{0x123456});
  }
  void Make() {
    TestThread thread(heap);
    for (int i = 0; i < 2; ++i) {
      auto* made = static_cast<char*>(thread.Malloc(bytes));
      Require(made != nullptr, "out of memory");
      made[0] = 'x';
      thread.Free(made);
    }
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Make(); }, [this] { Read(); }};
  }
  std::string BrokenInvariant() override {
    // The pages of a mapping that is gone are nobody's.
    if (bytes == kMappedBytes &&
        heap.map.Get(PageContaining(spot)) != nullptr) {
      return "the map leads to a mapping that is gone";
    }
    return HeapScenario::BrokenInvariant();
  }
  const size_t bytes;
  LastingThread reader{heap};
  char* block;
  char* large;
  void* spot;
};

TEST(PagesTest, ReadersAgainstSpans) {
  ExpectAllExplored(Explore<Readers>({.random_runs = 1000}, kLargeBytes),
                    "page map, spans");
}

TEST(PagesTest, ReadersAgainstMappings) {
  ExpectAllExplored(Explore<Readers>({.random_runs = 1000}, kMappedBytes),
                    "page map, mappings");
}

TEST(PagesTest, ReadersAgainstSmallBlocks) {
  ExpectAllExplored(Explore<Readers>({.random_runs = 1000}, kStackedBytes),
                    "page map, small blocks");
}

// The first span of all: root, leaf and record appear while another thread
// looks, and what it finds is whole.
struct FirstSpan : HeapScenario {
  std::vector<std::function<void()>> Threads() override {
    return {[this] {
              Span* span = heap.pages.NewSpan({3}, SpanUse::kLarge);
              Require(span != nullptr, "out of memory");
            },
            [this] {
              const Span* span = heap.map.Get({kFirstPage});
              if (span == nullptr) return;
              Require(span->first.value == kFirstPage,
                      "the record is not whole");
              if (span->use == SpanUse::kLarge) {
                Require(span->pages.value == 3, "the record is not whole");
              }
            }};
  }
  // Where the first mapping of a run lies.
  static constexpr uintptr_t kFirstPage = 0x220000000000 >> kPageShift;
};

// The record is a large span's for good here, so it may be read.
TEST(PagesTest, AFirstSpanIsPublishedWhole) {
  ExpectAllExplored(Explore<FirstSpan>({.random_runs = 1000}), "first span");
}

// Large blocks: two threads make, resize and free spans and mappings; reports'
// notes of freed mappings are read meanwhile.
struct LargeWork : HeapScenario {
  explicit LargeWork(size_t bytes) : bytes(bytes) {}
  void Work() {
    TestThread thread(heap);
    auto* block = static_cast<char*>(thread.Malloc(bytes));
    Require(block != nullptr, "out of memory");
    live.Add(block, bytes);
    block[0] = block[bytes - 1] = 'x';
    live.Remove(block);
    auto* resized = static_cast<char*>(thread.Realloc(block, bytes * 2));
    Require(resized != nullptr, "out of memory");
    live.Add(resized, bytes * 2);
    Require(resized[0] == 'x', "the content is lost");
    resized[bytes * 2 - 1] = 'x';
    live.Remove(resized);
    thread.Free(resized);
    heap.freed.Contains(resized);
  }
  std::vector<std::function<void()>> Threads() override {
    return {[this] { Work(); }, [this] { Work(); }};
  }
  const size_t bytes;
};

TEST(PagesTest, LargeSpansOfTwoThreads) {
  ExpectAllExplored(
      Explore<LargeWork>({.preemptions = 1, .random_runs = 200}, kLargeBytes),
      "large spans");
}

TEST(PagesTest, MappingsOfTwoThreads) {
  ExpectAllExplored(
      Explore<LargeWork>({.preemptions = 1, .random_runs = 100}, kMappedBytes),
      "mappings");
}

}  // namespace
}  // namespace headroom::explore
