// Writes a block's old header back after its free: it must not be handed out.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  const uint64_t live = HeaderOf(block);
  ExpectPointer(block);
  Free(block);
  SetHeader(block, live);
  AllocateUntil(block, size);
}

}  // namespace misuse
