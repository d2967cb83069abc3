// Writes the n bytes in front of a freed block, then allocates it again.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = Malloc(size);
  Free(block);
  Damage(block - n, n);
  ExpectPointer(block);
  AllocateUntil(block, size);
}

}  // namespace misuse
