// Writes behind a block, then resizes it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Damage(block + size, 1);
  ExpectPointer(block);
  Opaque(realloc(Opaque(block), 2 * size));
}

}  // namespace misuse
