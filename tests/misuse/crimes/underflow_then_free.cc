// Writes n bytes in front of a block, then frees it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = Malloc(size);
  Damage(block - n, n);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
