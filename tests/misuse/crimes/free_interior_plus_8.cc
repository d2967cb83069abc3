// Frees a block eight bytes too far.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const inside = block + 8;
  ExpectPointer(inside);
  Free(inside);
}

}  // namespace misuse
