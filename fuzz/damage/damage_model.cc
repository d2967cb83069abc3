#include "fuzz/damage/damage_model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "allocator/base/hardening.h"
#include "fuzz/engine/require.h"
#include "tests/block/closed_memory.h"

namespace headroom {
namespace {

// So much of a block's content is written and checked, at either end.
constexpr size_t kWindowBytes = 512;
constexpr size_t kMostFreed = 64;

// Where a block begins to be the heap's: at its header, its base's, or what is
// noted in front of it.
const char* RoomOf(const DamageModel::Block& block) {
  const char* const room = block.base - kHeaderBytes;
  return block.note_at != nullptr ? std::min<const char*>(room, block.note_at)
                                  : room;
}

char ByteAt(uint8_t seed, size_t offset) {
  return static_cast<char>(seed + offset * 7 + offset / 256);
}

template <typename Visit>
void ForEachByte(size_t usable_bytes, Visit visit) {
  const size_t head = std::min(usable_bytes, kWindowBytes);
  for (size_t i = 0; i < head; ++i) visit(i);
  const size_t tail = std::min(usable_bytes - head, kWindowBytes);
  for (size_t i = usable_bytes - tail; i < usable_bytes; ++i) visit(i);
}

}  // namespace

void DamageModel::Add(Block block) {
  const auto address = reinterpret_cast<uintptr_t>(block.start);
  Require(address % block.alignment == 0, "a block is aligned as asked");
  Require(block.usable_bytes >= block.bytes, "a block is as large as asked");
  FoundBlock found;
  Misuse misuse;
  Require(heap_.finder.Find(block.start, Caller::kFree, &found, &misuse),
          "what is handed out is live");
  block.base = static_cast<char*>(found.start);
  block.end = reinterpret_cast<char*>(found.end);
  block.word = HeaderOf(block.start);
  block.base_word = HeaderOf(block.base);
  if (HasTails(heap_.options) && found.bytes() > 0) {
    const bool is_small = found.span->use == SpanUse::kSmall;
    block.note_at = (is_small ? block.end : block.start - kHeaderBytes) -
                    BlockTail::kNoteBytes;
    std::ranges::copy(ReadClosed(block.note_at, block.note.size()),
                      block.note.begin());
    const char* const canary = block.start + block.usable_bytes;
    block.canary =
        ReadClosed(canary, (is_small ? block.note_at : block.end) - canary);
  }
  for (const Block& other : blocks_) {
    Require(RoomOf(block) >= other.end || RoomOf(other) >= block.end,
            "a block does not reach into another one");
  }
  ForEachByte(block.usable_bytes,
              [&block](size_t i) { block.start[i] = ByteAt(block.seed, i); });
  blocks_.push_back(std::move(block));
}

void DamageModel::Forget(size_t index, bool freed) {
  Block& block = at(index);
  const char* const header = block.start - kHeaderBytes;
  if (freed &&
      heap_.os.IsOpenHeap(reinterpret_cast<uintptr_t>(header), kHeaderBytes)) {
    if (freed_.size() == kMostFreed) freed_.erase(freed_.begin());
    freed_.push_back({block.start, block.word, HeaderOf(block.start)});
  }
  if (&block != &blocks_.back()) block = std::move(blocks_.back());
  blocks_.pop_back();
}

bool DamageModel::HeadersAreIntact(const Block& block) const {
  return HeaderOf(block.start) == block.word &&
         HeaderOf(block.base) == block.base_word;
}

bool DamageModel::TailIsIntact(const Block& block) const {
  return NoteIsIntact(block) &&
         (heap_.options.tail_canary == 0 ||
          block.canary == ReadClosed(block.start + block.usable_bytes,
                                     block.canary.size()));
}

bool DamageModel::NoteIsIntact(const Block& block) const {
  return block.note_at == nullptr ||
         std::ranges::equal(block.note,
                            ReadClosed(block.note_at, block.note.size()));
}

void DamageModel::CheckContent(const Block& block, const char* start,
                               size_t bytes) const {
  if (!block.is_whole) return;
  ForEachByte(block.usable_bytes, [&](size_t i) {
    Require(i >= bytes || start[i] == ByteAt(block.seed, i),
            "a block keeps what its owner wrote");
  });
}

void DamageModel::Repair(const Block& block) const {
  HeaderOf(block.base) = block.base_word;
  HeaderOf(block.start) = block.word;
  WriteClosed(block.start + block.usable_bytes, block.canary.data(),
              block.canary.size());
  if (block.note_at != nullptr) {
    WriteClosed(block.note_at, block.note.data(), block.note.size());
  }
}

size_t DamageModel::Writable(const char* target, size_t bytes) const {
  const auto address = reinterpret_cast<uintptr_t>(target);
  // All or nothing: a wild write that faults is not ours to see.
  if (heap_.os.IsOpenHeap(address, bytes)) return bytes;
  for (const Block& block : blocks_) {
    if (target <
            std::min<const char*>(RoomOf(block), block.start - kHeaderBytes) ||
        target >= block.end) {
      continue;
    }
    return std::min<size_t>(bytes, block.end - target);
  }
  return 0;
}

void DamageModel::NoteDamage(const char* target, size_t bytes) {
  const char* const end = target + bytes;
  size_t held = 0;
  for (Block& block : blocks_) {
    const char* const from = std::max(RoomOf(block), target);
    const char* const to = std::min<const char*>(block.end, end);
    if (from < to) held += to - from;
    if (target < block.start + block.usable_bytes && end > block.start) {
      block.is_whole = false;
    }
  }
  damaged_free_ |= held < bytes;
  for (const char* p : {target, end - 1}) {
    const Span* span = heap_.map.Get(PageContaining(p));
    damaged_pages_ |=
        !IsHeld(p) && (span == nullptr || span->use != SpanUse::kSmall);
  }
}

bool DamageModel::WasGenuine(const char* header, uint64_t word) const {
  return std::ranges::any_of(freed_, [=](const Freed& freed) {
    return freed.start - kHeaderBytes == header && freed.word == word;
  });
}

bool DamageModel::IsHeld(const char* address) const {
  return std::ranges::any_of(blocks_, [address](const Block& block) {
    return address >= RoomOf(block) && address < block.end;
  });
}

}  // namespace headroom
