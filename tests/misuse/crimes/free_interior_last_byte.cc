// Frees the last byte of a block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const inside = block + size - 1;
  ExpectPointer(inside);
  Free(inside);
}

}  // namespace misuse
