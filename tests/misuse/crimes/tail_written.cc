// Writes n bytes behind the size that was asked for, then frees the block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = Malloc(size);
  Damage(block + size, n);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
