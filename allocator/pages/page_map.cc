#include "allocator/pages/page_map.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace headroom {
namespace {

constexpr uint64_t kWordBits = 64;

// The bits of one word (backed or closed) that stand for [first, end): ends at
// a word's bound at the latest.
struct WordPart {
  uint64_t mask;
  PageId end;
};

WordPart PartFrom(PageId first, PageId end) {
  const uint64_t from = first.value % kWordBits;
  const uint64_t count = std::min(kWordBits - from, end.value - first.value);
  const uint64_t ones =
      count == kWordBits ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
  return {ones << from, first + PageCount{count}};
}

}  // namespace

bool PageMap::Reserve(PageId first, PageCount n) {
  const PageId end = first + n;
  if (end < first || (end.value - 1) >> kPageBits != 0) return false;
  Root* root = root_.load(std::memory_order_relaxed);
  if (root == nullptr) {
    root = NewRoot();
    if (root == nullptr) return false;
  }
  for (uintptr_t i = first.value >> kLeafBits;
       i <= (end.value - 1) >> kLeafBits; ++i) {
    if (root->leaves[i].load(std::memory_order_relaxed) != nullptr) continue;
    Leaf* leaf = NewLeaf();
    if (leaf == nullptr) return false;
    root->leaves[i].store(leaf, std::memory_order_release);
  }
  return true;
}

PageMap::Root* PageMap::NewRoot() {
  Root* root = static_cast<Root*>(arena_.Allocate(sizeof(Root), alignof(Root)));
  root_.store(root, std::memory_order_release);
  return root;
}

PageMap::Leaf* PageMap::NewLeaf() {
  void* memory = arena_.Allocate(sizeof(Leaf), alignof(Leaf));
  if (memory != nullptr) return static_cast<Leaf*>(memory);
  for (Leaf*& spare : spare_leaves_) {
    if (spare != nullptr) return std::exchange(spare, nullptr);
  }
  return nullptr;
}

bool PageMap::PrepareSpareLeaves() {
  if (root_.load(std::memory_order_relaxed) == nullptr &&
      NewRoot() == nullptr) {
    return false;
  }
  for (Leaf*& spare : spare_leaves_) {
    if (spare != nullptr) continue;
    spare = static_cast<Leaf*>(arena_.Allocate(sizeof(Leaf), alignof(Leaf)));
    if (spare == nullptr) return false;
  }
  return true;
}

void PageMap::SetRange(PageId first, PageCount n, Span* span) {
  for (PageId page = first; page < first + n; ++page.value) Set(page, span);
}

bool PageMap::HasBit(PageId page, Bits Leaf::* bits) const {
  Leaf* leaf = FindLeaf(page);
  if (leaf == nullptr) return false;
  const uint64_t word =
      WordOf(leaf, page, bits).load(std::memory_order_relaxed);
  return (word >> (page.value % kWordBits) & 1) != 0;
}

void PageMap::Mark(PageId first, PageCount n, Bits Leaf::* bits, bool value) {
  const PageId end = first + n;
  for (PageId page = first; page < end;) {
    const WordPart part = PartFrom(page, end);
    std::atomic<uint64_t>& word = WordOf(LeafOf(page), page, bits);
    const uint64_t others = word.load(std::memory_order_relaxed) & ~part.mask;
    word.store(value ? others | part.mask : others, std::memory_order_relaxed);
    page = part.end;
  }
}

PageCount PageMap::Count(PageId first, PageCount n, Bits Leaf::* bits) const {
  const PageId end = first + n;
  PageCount count;
  for (PageId page = first; page < end;) {
    const WordPart part = PartFrom(page, end);
    count.value += std::popcount(LoadWord(page, bits) & part.mask);
    page = part.end;
  }
  return count;
}

void PageMap::MarkBacked(PageId first, PageCount n) {
  Mark(first, n, &Leaf::backed, true);
}

void PageMap::MarkUnbacked(PageId first, PageCount n) {
  Mark(first, n, &Leaf::backed, false);
}

PageCount PageMap::CountBacked(PageId first, PageCount n) const {
  return Count(first, n, &Leaf::backed);
}

void PageMap::MarkClosed(PageId first, PageCount n) {
  Mark(first, n, &Leaf::closed, true);
}

void PageMap::MarkOpen(PageId first, PageCount n) {
  Mark(first, n, &Leaf::closed, false);
}

PageCount PageMap::CountClosed(PageId first, PageCount n) const {
  return Count(first, n, &Leaf::closed);
}

PageId PageMap::EndOfLast(bool backed, PageId first, PageId end) const {
  while (end > first) {
    const PageId word{(end.value - 1) / kWordBits * kWordBits};
    const PageId from = std::max(first, word);
    const uint64_t bits =
        LoadWord(from, &Leaf::backed) ^ (backed ? 0 : ~uint64_t{0});
    const uint64_t hits = bits & PartFrom(from, end).mask;
    if (hits != 0) return word + PageCount{size_t(std::bit_width(hits))};
    end = from;
  }
  return first;
}

PageRun PageMap::LastBackedRun(PageId first, PageCount n) const {
  const PageId end = EndOfLast(/*backed=*/true, first, first + n);
  const PageId start = EndOfLast(/*backed=*/false, first, end);
  return {start, end - start};
}

}  // namespace headroom
