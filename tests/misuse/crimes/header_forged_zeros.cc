// Frees a block with a header of zeros.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  SetHeader(block, 0);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
