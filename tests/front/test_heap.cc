#include "tests/front/test_heap.h"

#include <bit>
#include <span>

namespace headroom {
namespace {

std::string Differs(const std::string& what, uint64_t a, uint64_t b) {
  if (a == b) return "";
  return what + ": " + std::to_string(a) + " != " + std::to_string(b);
}

uint64_t FreeBlocks(const CentralStats& stats) {
  return stats.stacked_blocks + stats.span_blocks;
}

}  // namespace

uint64_t TestHeap::LiveBlocks(SizeClass size_class) {
  const CentralStats stats = central.stats(size_class);
  return stats.carved_blocks - FreeBlocks(stats) -
         registry.cached_blocks(size_class);
}

uint64_t TestHeap::AllLiveBlocks() {
  uint64_t blocks = 0;
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    blocks += LiveBlocks(static_cast<SizeClass>(i));
  }
  return blocks;
}

uint64_t TestHeap::LockAcquisitions() {
  uint64_t total = 0;
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    total += central.stats(static_cast<SizeClass>(i)).lock_acquisitions;
  }
  return total;
}

void TestHeap::ReleaseAll() {
  central.Scavenge(/*all=*/true);
  pages.ReleaseFreePages(SIZE_MAX);
}

void TestHeap::EmptyQuarantine() {
  Quarantine::Block out[Quarantine::kMostOut];
  while (const uint32_t count = quarantine.Shrink(0, out)) {
    for (const auto& [block, size_class] : std::span(out, count)) {
      HeaderOf(block) =
          BlockSeal(keys, block).Seal(keys.free(), PayloadOfClass(size_class));
      central.Put(size_class, 0, &block, 1);
    }
  }
}

void TestHeap::NoteRange(MemoryRange range) {
  if (!ranges_.empty() && ranges_.back().end() == range.start) {
    ranges_.back().bytes += range.bytes;
  } else {
    ranges_.push_back(range);
  }
}

std::string TestHeap::BrokenInvariant() {
  if (source.abused || arena_source.abused) return "memory source abused";
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    const CentralStats stats = central.stats(size_class);
    if (FreeBlocks(stats) + registry.cached_blocks(size_class) >
        stats.carved_blocks) {
      return "class " + std::to_string(i) + ": more blocks free than carved";
    }
  }
  if (budget.reserved() > budget.bound()) return "cache budget exceeded";
  const HeapStats s = Stats();
  const std::string sum =
      Differs("heap_bytes and its parts", s.heap_bytes,
              s.small_live + s.small_cached + s.small_central + s.small_uncut +
                  s.large_live + s.free_dirty + s.free_clean);
  return sum.empty() ? BrokenPages() : sum;
}

// Walks all of the heap's pages, span by span.
std::string TestHeap::BrokenPages() {
  uint64_t pages_of[4] = {};
  uint64_t unmapped = 0;
  CentralStats found[kSizeClassCount] = {};
  for (const MemoryRange range : ranges_) {
    const PageId end = PageContaining(range.end());
    for (PageId page = PageContaining(range.start); page < end;) {
      const Span* span = map.Get(page);
      if (span == nullptr) {
        ++unmapped;
        ++page.value;
        continue;
      }
      if (span->first != page) return "the page map leads to another span";
      if (const std::string broken = BrokenSpan(span); !broken.empty()) {
        return broken;
      }
      pages_of[static_cast<int>(span->use)] += span->pages.value;
      if (span->use == SpanUse::kSmall) {
        ++found[span->size_class].spans;
        found[span->size_class].carved_blocks += span->carved_blocks;
        found[span->size_class].span_blocks += span->free_blocks;
      }
      page = page + span->pages;
    }
  }
  std::string broken;
  const auto check = [&](const std::string& what, uint64_t a, uint64_t b) {
    if (broken.empty()) broken = Differs(what, a, b);
  };
  const PageHeapStats stats = pages.stats();
  check("free pages", pages_of[static_cast<int>(SpanUse::kFree)],
        stats.free_dirty.value + stats.free_clean.value);
  check("pages in use",
        pages_of[static_cast<int>(SpanUse::kSmall)] +
            pages_of[static_cast<int>(SpanUse::kLarge)],
        stats.in_use.value);
  check("pages in no span", unmapped * kPageBytes + stats.heap.bytes(),
        source.heap_bytes);
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const CentralStats list = central.stats(static_cast<SizeClass>(i));
    const std::string name = "class " + std::to_string(i) + ": ";
    check(name + "spans", found[i].spans, list.spans);
    check(name + "carved", found[i].carved_blocks, list.carved_blocks);
    check(name + "free in spans", found[i].span_blocks, list.span_blocks);
  }
  return broken;
}

std::string TestHeap::BrokenSpan(const Span* span) {
  if (span->use != SpanUse::kSmall) return "";
  if (span->free_blocks >= span->carved_blocks) {
    return "a span without a block in use";
  }
  const uint64_t payload = PayloadOfClass(span->size_class);
  uint32_t bits = 0;
  for (uint32_t w = 0; w < BitmapWords(span->size_class); ++w) {
    for (uint64_t rest = span->free_bits[w]; rest != 0; rest &= rest - 1) {
      const auto index = w * 64 + static_cast<uint32_t>(std::countr_zero(rest));
      const auto* block = reinterpret_cast<const void*>(
          span->first.address() + kBlockAlignment +
          index * StrideOf(span->size_class));
      if (!BlockSeal(keys, block)
               .Is(keys.in_span(), payload, HeaderOf(block))) {
        return "a block in a span whose header does not say so";
      }
      ++bits;
    }
  }
  return Differs("blocks in a span", bits, span->free_blocks);
}

}  // namespace headroom
