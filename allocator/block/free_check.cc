#include "allocator/block/free_check.h"

#include "allocator/base/misuse.h"

namespace headroom {

void ReportNotFree(const SealKeys& keys, const void* block) {
  const uint64_t word = HeaderOf(block);
  const BlockSeal seal(keys, block);
  const bool sealed = seal.Is(keys.live(), word) || SaysFreed(keys, seal, word);
  ReportBadCall(sealed ? Misuse::kDoubleFree : Misuse::kCorruptFreeBlock,
                block);
}

}  // namespace headroom
