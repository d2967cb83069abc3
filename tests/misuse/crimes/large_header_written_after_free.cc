// Writes in front of a freed large block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block - 8);
  Free(block);
  Damage(block - 8, 8);
}

}  // namespace misuse
