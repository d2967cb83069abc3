#include "allocator/report/heap_inspector.h"

#include "allocator/block/block_payload.h"
#include "allocator/front/block_finder.h"
#include "allocator/system/safe_read.h"

namespace headroom {
namespace {

using Kind = BlockFacts::Kind;
using State = BlockFacts::State;

const void* AsPointer(uintptr_t address) {
  return reinterpret_cast<const void*>(address);
}

bool ReadHeader(uintptr_t start, uint64_t* word) {
  return SafeRead(start - kHeaderBytes, word, sizeof(*word));
}

}  // namespace

int64_t HeapInspector::LivePayload(uintptr_t start) const {
  uint64_t word = 0;
  if (!ReadHeader(start, &word)) return -1;
  return BlockSeal(keys_, AsPointer(start)).Is(keys_.live(), word)
             ? static_cast<int64_t>(PayloadOf(word))
             : -1;
}

bool HeapInspector::IsFree(uintptr_t start) const {
  uint64_t word = 0;
  return ReadHeader(start, &word) &&
         SaysFreed(keys_, BlockSeal(keys_, AsPointer(start)), word);
}

BlockFacts HeapInspector::Inspect(uintptr_t address) const {
  const PageId page = PageContaining(address);
  const BlockFinder finder(map_, keys_, freed_);
  const Span* span = finder.SpanAround(AsPointer(address));
  if (span == nullptr) span = map_.Get(page);
  if (span == nullptr) {
    if (map_.IsClosed(page)) {
      return {Kind::kFreePages, State::kFree, page.address(), kPageBytes};
    }
    // What was a mapping is the kernel's now.
    return freed_.Contains(AsPointer(address))
               ? BlockFacts{Kind::kFreedMapping, State::kFree,
                            AlignDown(address, kKernelPageBytes),
                            kKernelPageBytes}
               : BlockFacts{};
  }
  switch (span->use) {
    case SpanUse::kFree:
      return {Kind::kFreePages, State::kFree, span->first.address(),
              span->pages.bytes()};
    case SpanUse::kSmall:
      return InspectSmall(*span, address);
    case SpanUse::kLarge:
    case SpanUse::kMapping:
      return InspectLarge(*span);
  }
  return {};
}

BlockFacts HeapInspector::InFrontOf(uintptr_t start) const {
  const Span* span = map_.Get(PageContaining(start));
  const uintptr_t behind = start - kHeaderBytes;
  if (span == nullptr || span->use != SpanUse::kSmall ||
      behind < span->first.address() + kBlockAlignment + kHeaderBytes) {
    return {};
  }
  return InspectSmall(*span, behind - 1);
}

BlockFacts HeapInspector::InspectSmall(const Span& span,
                                       uintptr_t address) const {
  const SizeClass size_class = span.size_class;
  const uintptr_t first = span.first.address() + kBlockAlignment;
  const size_t index =
      address < first ? 0 : (address - first) / StrideOf(size_class);
  if (index >= kSizeClasses[size_class].blocks_per_span) {
    return {};  // what is left behind the last block
  }
  BlockFacts facts;
  facts.kind = Kind::kSmall;
  facts.start = first + index * StrideOf(size_class);
  facts.usable_bytes = UsableBytesOf(size_class);
  const int64_t payload = LivePayload(facts.start);
  if (payload < 0) {
    facts.state = IsFree(facts.start) ? State::kFree : State::kDamaged;
    return facts;
  }
  facts.state = State::kLive;
  if (SlotOf(static_cast<uint64_t>(payload)) != kAlignedBaseSlot) return facts;
  const uintptr_t end = facts.start + facts.usable_bytes;
  for (uintptr_t at = facts.start + kBlockAlignment; at < end;
       at += kBlockAlignment) {
    const int64_t inner = LivePayload(at);
    if (inner < 0) continue;
    const uint32_t slot = SlotOf(static_cast<uint64_t>(inner));
    if (IsAlignedSlot(slot)) {
      return {Kind::kAligned, State::kLive, at, end - at};
    }
  }
  return facts;
}

BlockFacts HeapInspector::InspectLarge(const Span& span) const {
  BlockFacts facts;
  facts.kind = span.use == SpanUse::kMapping ? Kind::kMapping : Kind::kLarge;
  facts.start = span.memory.start + span.block_offset;
  facts.usable_bytes = BlockFinder::LargeEnd(&span) - facts.start;
  if (LivePayload(facts.start) >= 0) {
    facts.state = State::kLive;
  } else {
    facts.state = IsFree(facts.start) ? State::kFree : State::kDamaged;
  }
  return facts;
}

}  // namespace headroom
