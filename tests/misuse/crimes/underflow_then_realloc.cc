// Writes in front of a block, then resizes it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Damage(block - 8, 8);
  ExpectPointer(block);
  Opaque(realloc(Opaque(block), 2 * size));
}

}  // namespace misuse
