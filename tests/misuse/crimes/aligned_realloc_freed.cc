// Resizes a freed block aligned to n.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = AlignedAlloc(n, size);
  ExpectPointer(block);
  Free(block);
  Opaque(realloc(Opaque(block), 2 * size));
}

}  // namespace misuse
