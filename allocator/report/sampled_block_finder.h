// What is known of a block that was chosen for a guard page.
//
// Role: how the report asks for sampled blocks, whoever keeps them.
// Takes from: stack_trace. Gives to: misuse_report; the composition root
//   implements it over the guard pool.
#ifndef HEADROOM_ALLOCATOR_REPORT_SAMPLED_BLOCK_FINDER_H_
#define HEADROOM_ALLOCATOR_REPORT_SAMPLED_BLOCK_FINDER_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/stack_trace.h"

namespace headroom {

struct SampledBlock {
  uintptr_t start;
  size_t requested_bytes;
  bool is_live;
  uint32_t allocating_thread;
  uint32_t freeing_thread;
  StackTrace allocated;
  StackTrace freed;  // unless is_live
};

class SampledBlockFinder {
 public:
  // The block at the address, or whose guard page it hits. Called while the
  // process dies, perhaps in a signal handler, whatever locks are held.
  virtual bool Find(uintptr_t address, SampledBlock* out) const = 0;

 protected:
  ~SampledBlockFinder() = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_SAMPLED_BLOCK_FINDER_H_
