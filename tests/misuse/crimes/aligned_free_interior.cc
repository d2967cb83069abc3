// Frees an address in a block aligned to n.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = AlignedAlloc(n, size);
  ExpectPointer(block + 64);
  Free(block + 64);
}

}  // namespace misuse
