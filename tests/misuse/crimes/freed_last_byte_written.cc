// Writes the last byte of a freed block, then allocates it again.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  Damage(block + size - 1, 1);
  AllocateUntil(block, size);
}

}  // namespace misuse
