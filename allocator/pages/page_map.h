// The map from any page to the span that holds it.
//
// Role: a two-level radix tree over all addresses a process can have, read
//   without a lock on free's slow path. Beside each entry two bits: may the
//   kernel back this page with memory? Is it closed, that is inaccessible?
// Takes from: metadata arena (root and leaves). Gives to: page heap, front.
// Lock: Get, IsBacked and IsClosed are lock-free and safe for any address; all
//   else is called under the page heap's lock.
// Invariant: an entry leads to a span that contains its page, or is null.
#ifndef HEADROOM_ALLOCATOR_PAGES_PAGE_MAP_H_
#define HEADROOM_ALLOCATOR_PAGES_PAGE_MAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"
#include "allocator/pages/span.h"
#include "allocator/system/metadata_arena.h"

namespace headroom {

struct PageRun {
  PageId first;
  PageCount pages;
};

class PageMap {
 public:
  explicit constexpr PageMap(MetadataArena& arena) : arena_(arena) {}
  PageMap(const PageMap&) = delete;
  PageMap& operator=(const PageMap&) = delete;

  // The span of `page`, nullptr when there is none: any value is allowed.
  Span* Get(PageId page) const {
    const Leaf* leaf = FindLeaf(page);
    if (leaf == nullptr) return nullptr;
    return leaf->spans[page.value & kLeafMask].load(std::memory_order_acquire);
  }

  // Makes Set work for these pages. False: out of memory, or no address.
  bool Reserve(PageId first, PageCount n);

  // Lets the next Reserve of at most two single pages succeed whatever
  // memory is left. False: out of memory.
  bool PrepareSpareLeaves();

  // For pages that were reserved.
  void Set(PageId page, Span* span) {
    EntryOf(page).store(span, std::memory_order_release);
  }
  void SetRange(PageId first, PageCount n, Span* span);

  // Which pages the kernel may back with memory. For reserved pages.
  void MarkBacked(PageId first, PageCount n);
  void MarkUnbacked(PageId first, PageCount n);
  PageCount CountBacked(PageId first, PageCount n) const;
  void MarkClosed(PageId first, PageCount n);
  void MarkOpen(PageId first, PageCount n);
  PageCount CountClosed(PageId first, PageCount n) const;

  // For any page; false where there is no heap.
  bool IsBacked(PageId page) const { return HasBit(page, &Leaf::backed); }
  bool IsClosed(PageId page) const { return HasBit(page, &Leaf::closed); }

  // The highest unbroken run of backed pages among these; 0 pages if none.
  PageRun LastBackedRun(PageId first, PageCount n) const;

 private:
  friend struct DebugLayout;

  static constexpr int kPageBits = kAddressBits - kPageShift;
  static constexpr int kLeafBits = 17;  // a leaf covers 1 GiB
  static constexpr size_t kLeafPages = size_t{1} << kLeafBits;
  static constexpr size_t kLeafMask = kLeafPages - 1;
  static constexpr size_t kRootEntries = size_t{1} << (kPageBits - kLeafBits);
  static constexpr size_t kWordBits = 64;
  static constexpr size_t kSpareLeaves = 2;

  // Zeroed memory is a valid empty Leaf and a valid empty Root; they are used
  // as the arena gives them, because a constructor would touch every page.
  // Reports read the bits without the lock.
  using Bits = std::atomic<uint64_t>[kLeafPages / kWordBits];
  struct Leaf {
    std::atomic<Span*> spans[kLeafPages];
    Bits backed;
    Bits closed;
  };
  struct Root {
    std::atomic<Leaf*> leaves[kRootEntries];
  };

  // Of any page; null where there is none.
  Leaf* FindLeaf(PageId page) const {
    if (page.value >> kPageBits != 0) return nullptr;
    // Acquire, here and above: the pointed-to object was filled by another
    // thread before it was published.
    const Root* root = root_.load(std::memory_order_acquire);
    if (root == nullptr) return nullptr;
    return root->leaves[page.value >> kLeafBits].load(
        std::memory_order_acquire);
  }
  // Of a reserved page, under the lock.
  Leaf* LeafOf(PageId page) const {
    return root_.load(std::memory_order_relaxed)
        ->leaves[page.value >> kLeafBits]
        .load(std::memory_order_relaxed);
  }
  std::atomic<Span*>& EntryOf(PageId page) {
    return LeafOf(page)->spans[page.value & kLeafMask];
  }
  static std::atomic<uint64_t>& WordOf(Leaf* leaf, PageId page,
                                       Bits Leaf::* bits) {
    return (leaf->*bits)[(page.value & kLeafMask) / kWordBits];
  }
  uint64_t LoadWord(PageId page, Bits Leaf::* bits) const {
    return WordOf(LeafOf(page), page, bits).load(std::memory_order_relaxed);
  }
  bool HasBit(PageId page, Bits Leaf::* bits) const;
  void Mark(PageId first, PageCount n, Bits Leaf::* bits, bool value);
  PageCount Count(PageId first, PageCount n, Bits Leaf::* bits) const;
  // The end of the pages of [first, end) that lie behind the last one whose
  // bit is `backed`; `first` when there is none.
  PageId EndOfLast(bool backed, PageId first, PageId end) const;
  Root* NewRoot();
  Leaf* NewLeaf();

  MetadataArena& arena_;
  std::atomic<Root*> root_{nullptr};
  Leaf* spare_leaves_[kSpareLeaves] = {};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_PAGES_PAGE_MAP_H_
