#include "allocator/front/sampled_blocks.h"

#include "allocator/base/misuse.h"
#include "allocator/base/stack_trace.h"
#include "allocator/block/block_payload.h"
#include "allocator/guard/sampler.h"

namespace headroom {
namespace {

// Of the heap's own calls, as far as they are not inlined.
constexpr int kOwnFrames = 2;

}  // namespace

void SampledBlocks::ChooseNext(ThreadCache* cache) const {
  if (cache->sampling_dice == 0) {
    cache->sampling_dice = BlockSeal(keys_, cache).Mix(keys_.tail);
  }
  Sampler sampler(cache->sampling_dice++,
                  static_cast<uint32_t>(options_.sample_every));
  cache->SampleAfter(sampler.Next());
}

void* SampledBlocks::Allocate(ThreadCache* cache, size_t bytes) const {
  ChooseNext(cache);
  // Off, but the counter of a thread came to its end.
  if (options_.sample_every == 0) return nullptr;
  if (!pool_.MayFit(bytes, kBlockAlignment)) return nullptr;
  // Who asks for every allocation wants every one.
  if (options_.sample_every != 1 && !budget_.TryTake(clock_())) return nullptr;
  StackTrace stack;
  CaptureStack(&stack, kOwnFrames);
  void* block = pool_.Allocate(bytes, kBlockAlignment, stack);
  if (block == nullptr) return nullptr;
  HeaderOf(block) =
      BlockSeal(keys_, block).Seal(keys_.live(), PayloadOfSlot(kSampledSlot));
  return block;
}

bool SampledBlocks::HasHeader(const void* block) const {
  return BlockSeal(keys_, block)
      .Is(keys_.live(), PayloadOfSlot(kSampledSlot), HeaderOf(block));
}

void SampledBlocks::Free(void* block) const {
  if (pool_.IsLive(block) && !HasHeader(block)) {
    ReportBadCall(Misuse::kCorruptHeader, block);
    return;
  }
  StackTrace stack;
  CaptureStack(&stack, kOwnFrames);
  switch (pool_.Free(block, stack)) {
    case GuardPool::FreeResult::kFreed:
      return;
    case GuardPool::FreeResult::kDoubleFree:
      ReportBadCall(Misuse::kDoubleFree, block);
      return;
    case GuardPool::FreeResult::kNotABlock:
      ReportBadCall(reinterpret_cast<uintptr_t>(block) % kBlockAlignment != 0
                        ? Misuse::kMisalignedFree
                        : Misuse::kInteriorFree,
                    block);
      return;
    case GuardPool::FreeResult::kTailOverrun:
      ReportBadCall(Misuse::kTailOverrun, block);
      return;
  }
}

size_t SampledBlocks::BytesOf(const void* block, Caller caller,
                              bool* live) const {
  *live = pool_.IsLive(block);
  if (*live && HasHeader(block)) return pool_.BytesOf(block);
  Misuse misuse = caller == Caller::kRealloc ? Misuse::kInvalidRealloc
                                             : Misuse::kInvalidUsableSize;
  GuardPool::Description about;
  if (*live) {
    misuse = Misuse::kCorruptHeader;
  } else if (pool_.Describe(block, &about) && !about.live &&
             about.start == reinterpret_cast<uintptr_t>(block)) {
    misuse = caller == Caller::kRealloc ? Misuse::kReallocFreed
                                        : Misuse::kUsableSizeFreed;
  }
  *live = false;
  ReportBadCall(misuse, block);
  return 0;
}

}  // namespace headroom
