// What the strict levels note of a block, and what they put behind it.
//
//   small | the bytes asked for | 0 | canary ... | bytes and origin | check |
//         | block                                                     room's
//         end
//   large   bytes and origin | check | header | the bytes asked for | 0 |
//   canary
//                                             | block                  guard
//                                             page
//
// Role: remembers what was asked for, and by whom; shows a write behind it. The
//   canary's first byte is zero, so that a string that runs on stops there. A
//   large block ends at its guard page, but for its alignment: so a read shows.
// Takes from: block. Gives to: heap. Pure functions on the caller's block.
#ifndef HEADROOM_ALLOCATOR_FRONT_BLOCK_TAIL_H_
#define HEADROOM_ALLOCATOR_FRONT_BLOCK_TAIL_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/memory_checker.h"
#include "allocator/base/origin.h"
#include "allocator/base/units.h"
#include "allocator/block/block_header.h"

namespace headroom {

class BlockTail {
 public:
  static constexpr size_t kNoteBytes = 2 * sizeof(uint64_t);
  // What a small block's request grows by: at least one byte of canary.
  static constexpr size_t kLeastBytes = kNoteBytes + 1;
  // What must be there in front of a large block.
  static constexpr size_t kFrontBytes = AlignUp(kNoteBytes + kHeaderBytes, 16);

  // Of the block at `block` whose room ends at `end`.
  static BlockTail OfSmall(const SealKeys& keys, void* block, uintptr_t end) {
    auto* note = reinterpret_cast<unsigned char*>(end - kNoteBytes);
    return {keys, block, note, note};
  }
  static BlockTail OfLarge(const SealKeys& keys, void* block, uintptr_t end) {
    auto* start = static_cast<unsigned char*>(block);
    return {keys, block, start - kHeaderBytes - kNoteBytes,
            reinterpret_cast<unsigned char*>(end)};
  }

  void Write(size_t bytes, Origin origin, bool with_canary) const {
    const uint64_t facts = bytes << kOriginBits | static_cast<uint64_t>(origin);
    const uint64_t check = CheckOf(facts);
    MemoryChecker::Store(note_, facts);
    MemoryChecker::Store(note_ + sizeof(facts), check);
    if (!with_canary) return;
    for (unsigned char* p = block_ + bytes; p < CanaryEnd(bytes); ++p) {
      MemoryChecker::Store(p, CanaryAt(p, bytes));
    }
  }

  // False when the note has been overwritten: `block` must have one.
  bool Read(size_t* bytes, Origin* origin) const {
    const auto facts = MemoryChecker::Load<uint64_t>(note_);
    const auto check = MemoryChecker::Load<uint64_t>(note_ + sizeof(facts));
    *bytes = facts >> kOriginBits;
    *origin = static_cast<Origin>(facts & ((1u << kOriginBits) - 1));
    // A genuine one of an older block here may say more than fits.
    return check == CheckOf(facts) &&
           *bytes <= static_cast<size_t>(end_ - block_);
  }

  bool HasCanary(size_t bytes) const {
    for (const unsigned char* p = block_ + bytes; p < CanaryEnd(bytes); ++p) {
      if (MemoryChecker::Load<unsigned char>(p) != CanaryAt(p, bytes)) {
        return false;
      }
    }
    return true;
  }

 private:
  // Alignment may leave gigabytes, which must not be touched.
  static constexpr ptrdiff_t kMostCanary = 4 * kKernelPageBytes;

  BlockTail(const SealKeys& keys, void* block, unsigned char* note,
            unsigned char* end)
      : block_(static_cast<unsigned char*>(block)),
        note_(note),
        end_(end),
        seal_(keys, note + kNoteBytes),
        key_(keys.tail),
        canary_(BlockSeal(keys, block).Mix(keys.tail)) {}

  unsigned char* CanaryEnd(size_t bytes) const {
    unsigned char* const start = block_ + bytes;
    return end_ - start > kMostCanary ? start + kMostCanary : end_;
  }

  uint64_t CheckOf(uint64_t facts) const {
    constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
    return seal_.Mix(key_ ^ facts * kSpread);
  }

  unsigned char CanaryAt(const unsigned char* place, size_t bytes) const {
    if (place == block_ + bytes) return 0;
    const auto shift = reinterpret_cast<uintptr_t>(place) % 8 * 8;
    return static_cast<unsigned char>(canary_ >> shift);
  }

  unsigned char* const block_;
  unsigned char* const note_;
  unsigned char* const end_;  // of the canary
  const BlockSeal seal_;
  const uint64_t key_;
  const uint64_t canary_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_BLOCK_TAIL_H_
