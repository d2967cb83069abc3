// From any pointer to what lies there: which block, how large, whose.
//
// Role: the cold way to look at a pointer, when the hit path could not make
//   sense of it; decides which misuse it was.
// Takes from: pages, block. Gives to: heap, report. Thread-safe, takes no lock.
#ifndef HEADROOM_ALLOCATOR_FRONT_BLOCK_FINDER_H_
#define HEADROOM_ALLOCATOR_FRONT_BLOCK_FINDER_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/misuse.h"
#include "allocator/block/block_payload.h"
#include "allocator/front/freed_mappings.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"

namespace headroom {

struct FoundBlock {
  Span* span = nullptr;   // null: none was found, or it is a sampled one
  void* block = nullptr;  // the pointer it was found by
  void* start = nullptr;  // of the block around it: its span's grid
  uint32_t slot = 0;      // of the header in front of `block`
  uintptr_t end = 0;      // of the bytes that may be used

  size_t bytes() const { return end - reinterpret_cast<uintptr_t>(block); }
};

// What the pointer was for.
enum class Caller : uint8_t { kFree, kRealloc, kUsableSize };

class BlockFinder {
 public:
  constexpr BlockFinder(const PageMap& map, const SealKeys& keys,
                        const FreedMappings& freed)
      : map_(map), keys_(keys), freed_(freed) {}

  // Finds the live block that `pointer` was returned for; a sampled one has no
  // span. False, `*misuse` said, when there is none. Reads the header only of
  // memory that is the heap's, or, for kFree, has been read before.
  bool Find(const void* pointer, Caller caller, FoundBlock* found,
            Misuse* misuse) const;

  // The span around any address; also where the page map has no entry, inside
  // of large mappings. Slow. Null when there is none.
  Span* SpanAround(const void* address) const;

  // The start of the block of a small span that contains `address`; 0 when it
  // lies in none.
  static uintptr_t BlockStart(const Span* span, uintptr_t address);
  // The end of what the user of a large span's block may use.
  static uintptr_t LargeEnd(const Span* span) {
    return span->memory.end() - span->back_guard;
  }

 private:
  bool FindSmall(FoundBlock* found) const;
  Misuse Diagnose(const Span* span, const void* pointer, Caller caller) const;
  Misuse DiagnoseStart(const Span* span, const void* pointer) const;
  bool IsFreedHere(const void* pointer) const;

  const PageMap& map_;
  const SealKeys& keys_;
  const FreedMappings& freed_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_BLOCK_FINDER_H_
