// Frees a block with text for a header.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  SetHeader(block, 0x4141414141414141);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
