// Frees an address in a block, with its own header in front of it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const forged = block + 32;
  SetHeader(forged, HeaderOf(block));
  ExpectPointer(forged);
  Free(forged);
}

}  // namespace misuse
