// The heap's strict levels: tails, zeroed and quarantined blocks.
#include <cstring>

#include "allocator/base/hardening.h"
#include "allocator/base/memory_checker.h"
#include "allocator/block/free_check.h"
#include "allocator/front/heap.h"
#include "allocator/front/out_of_memory.h"

namespace headroom {
namespace {

// Of so many blocks that are handed out again, one is looked at when a sample
// will do.
constexpr uint64_t kSampledReuse = 8;

// Of one that is being made, too: those have no span yet.
bool IsSmall(const FoundBlock& found) {
  return found.span == nullptr || found.span->use == SpanUse::kSmall;
}

bool IsZero(const void* block, size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(block);
  // The first byte is zero, and each equals the one before.
  return bytes == 0 || (*p == 0 && memcmp(p, p + 1, bytes - 1) == 0);
}

}  // namespace

BlockTail Heap::TailOf(const FoundBlock& found) const {
  return IsSmall(found) ? BlockTail::OfSmall(keys_, found.block, found.end)
                        : BlockTail::OfLarge(keys_, found.block, found.end);
}

// A large block's note lies in front of its header.
Misuse Heap::NoteDamaged(const FoundBlock& found) {
  return IsSmall(found) ? Misuse::kTailOverrun : Misuse::kCorruptHeader;
}

void Heap::WriteTail(const FoundBlock& made, size_t bytes,
                     Origin origin) const {
  TailOf(made).Write(bytes, origin, options_.tail_canary != 0);
}

// Another thread that freed the block since it was found has filled it: then
// its header tells.
void Heap::ReportDamagedTail(Misuse damage, const FoundBlock& found,
                             Caller caller) const {
  FoundBlock again;
  Misuse gone;
  const bool is_live = finder_.Find(found.block, caller, &again, &gone);
  ReportBadCall(is_live ? damage : gone, found.block);
}

// False when the free that asks is reported, and to be ignored.
bool Heap::CheckTail(const FoundBlock& found, Caller caller,
                     Origin origin) const {
  // A zero-size page has no room for a tail.
  if (!HasTails(options_) || found.bytes() == 0) return true;
  const BlockTail tail = TailOf(found);
  size_t bytes;
  Origin made_by;
  if (!tail.Read(&bytes, &made_by)) {
    ReportDamagedTail(NoteDamaged(found), found, caller);
    return false;
  }
  if (options_.tail_canary != 0 && !tail.HasCanary(bytes)) {
    ReportDamagedTail(Misuse::kTailOverrun, found, caller);
    return false;
  }
  if (options_.check_origin != 0 && made_by != origin) {
    ReportBadCall(Misuse::kOriginMismatch, found.block);
    return false;
  }
  return true;
}

void* Heap::AllocateStrict(ThreadCache* own, size_t bytes, size_t alignment,
                           Origin origin) const {
  FoundBlock made;
  if (bytes == 0 && options_.zero_size_page != 0 &&
      alignment <= kKernelPageBytes && large_.AllocateEmpty(&made)) {
    return made.block;
  }
  const bool has_tail = HasTails(options_);
  const size_t padded =
      PaddedBytes(bytes + (has_tail ? BlockTail::kLeastBytes : 0), alignment);
  if (padded > kMaxSmallBytes) {
    return NewLarge(bytes, alignment, origin, nullptr);
  }
  if (alignment == kBlockAlignment && own != nullptr && own->SampleIsDue()) {
    void* sampled = sampled_.Allocate(own, bytes);
    if (sampled != nullptr) return sampled;
  }
  const SizeClass size_class = SizeClassFor(padded);
  void* base = NewSmall(own, size_class);
  if (base == nullptr) return OutOfMemory();
  CheckStillZero(own, base, headroom::UsableBytesOf(size_class));
  made.block = AlignWithin(base, alignment);
  made.end =
      reinterpret_cast<uintptr_t>(base) + headroom::UsableBytesOf(size_class);
  if (has_tail) WriteTail(made, bytes, origin);
  return HandOut(made.block);
}

// Whatever is handed out was zeroed before: see CentralCache::NewSpan.
void Heap::CheckStillZero(ThreadCache* own, void* block, size_t bytes) const {
  if (options_.zero_on_free == 0 || options_.verify_on_reuse == kVerifyOff) {
    return;
  }
  if (options_.verify_on_reuse == kVerifySampled && own != nullptr &&
      ++own->reuses % kSampledReuse != 0) {
    return;
  }
  const HeapAccess access(block, bytes);
  if (IsZero(block, bytes)) return;
  ReportBadCall(Misuse::kFreedBlockWritten, block);
  memset(block, 0, bytes);
}

// `start`: of a size class's block that is retired.
void Heap::FreeStrict(ThreadCache* cache, SizeClass size_class,
                      void* start) const {
  if (options_.zero_on_free != 0) {
    const HeapAccess access(start, headroom::UsableBytesOf(size_class));
    memset(start, 0, headroom::UsableBytesOf(size_class));
  }
  const uint64_t payload = PayloadOfClass(size_class);
  HeaderOf(start) = BlockSeal(keys_, start).Seal(keys_.quarantined(), payload);
  if (options_.quarantine == 0) return FreeSmall(cache, size_class, start);
  Quarantine::Block out[Quarantine::kMostOut];
  uint32_t count =
      quarantine_.Exchange({start, size_class}, options_.quarantine, out);
  while (count > 0) {
    for (uint32_t i = 0; i < count; ++i) LeaveQuarantine(cache, out[i]);
    if (count < Quarantine::kMostOut) break;
    count = quarantine_.Shrink(options_.quarantine, out);
  }
}

void Heap::LeaveQuarantine(ThreadCache* cache, Quarantine::Block left) const {
  const auto [block, size_class] = left;
  if (!BlockSeal(keys_, block)
           .Is(keys_.quarantined(), PayloadOfClass(size_class),
               HeaderOf(block))) {
    ReportNotFree(keys_, block);
    return;
  }
  CheckStillZero(nullptr, block, headroom::UsableBytesOf(size_class));
  FreeSmall(cache, size_class, block);
}

}  // namespace headroom
