// What a block that should be free says instead.
//
// Takes from: block_header, base. Gives to: central, thread, front.
#ifndef HEADROOM_ALLOCATOR_BLOCK_FREE_CHECK_H_
#define HEADROOM_ALLOCATOR_BLOCK_FREE_CHECK_H_

#include "allocator/block/block_header.h"

namespace headroom {

// Reports a block of ours that was free and whose header no longer says so: it
// was handed out although it was free twice, or overwritten. Returns only
// where misuse is survived: then the block is never used again.
[[gnu::cold]] void ReportNotFree(const SealKeys& keys, const void* block);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BLOCK_FREE_CHECK_H_
