// Frees the address 16 bytes in front of a block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const inside = block - 16;
  ExpectPointer(inside);
  Free(inside);
}

}  // namespace misuse
