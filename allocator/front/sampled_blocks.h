// The few allocations that are watched closely.
//
// Role: one allocation in many lies against an inaccessible page, its stacks
//   kept: so overflows and late uses are found in production, at a cost that
//   nobody feels. Chooses which, within a budget; the guard pool does the rest.
// Takes from: guard, block. Gives to: heap. Thread-safe.
#ifndef HEADROOM_ALLOCATOR_FRONT_SAMPLED_BLOCKS_H_
#define HEADROOM_ALLOCATOR_FRONT_SAMPLED_BLOCKS_H_

#include <cstddef>

#include "allocator/base/options.h"
#include "allocator/base/token_bucket.h"
#include "allocator/block/block_header.h"
#include "allocator/front/block_finder.h"
#include "allocator/guard/guard_pool.h"
#include "allocator/system/clock.h"
#include "allocator/thread/thread_cache.h"

namespace headroom {

class SampledBlocks {
 public:
  constexpr SampledBlocks(GuardPool& pool, TokenBucket& budget,
                          MillisecondClock clock, const SealKeys& keys,
                          const Options& options)
      : pool_(pool),
        budget_(budget),
        clock_(clock),
        keys_(keys),
        options_(options) {}

  // Chooses the first sample of a thread's cache, and each next one.
  void ChooseNext(ThreadCache* cache) const;

  // A sampled block of `bytes`; null when this one is not to be: the budget is
  // spent, the pool is full, or there is no memory. Keeps errno.
  void* Allocate(ThreadCache* cache, size_t bytes) const;

  bool Contains(const void* pointer) const { return pool_.Contains(pointer); }

  // For pointers the pool contains. Report misuse.
  void Free(void* block) const;
  bool IsLive(const void* block) const { return pool_.IsLive(block); }
  // What was asked for; 0 for what is no live block. Reports nothing.
  size_t RequestedBytes(const void* block) const {
    return pool_.BytesOf(block);
  }
  // As asked for. *live is false after a report.
  size_t BytesOf(const void* block, Caller caller, bool* live) const;

 private:
  bool HasHeader(const void* block) const;

  GuardPool& pool_;
  TokenBucket& budget_;
  const MillisecondClock clock_;
  const SealKeys& keys_;
  const Options& options_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_SAMPLED_BLOCKS_H_
