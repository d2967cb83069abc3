// Writes text over a free block's header.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  SetHeader(block, 0x4141414141414141);
  ExpectPointer(block);
  AllocateUntil(block, size);
}

}  // namespace misuse
