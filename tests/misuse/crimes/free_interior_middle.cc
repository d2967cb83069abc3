// Frees the middle of a block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const inside = block + size / 32 * 16;
  ExpectPointer(inside);
  Free(inside);
}

}  // namespace misuse
