// Frees a block aligned to n twice.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = AlignedAlloc(n, size);
  ExpectPointer(block);
  Free(block);
  Free(block);
}

}  // namespace misuse
