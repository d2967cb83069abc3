// Writes behind the new size of a block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = static_cast<char*>(realloc(Malloc(2 * size), size));
  Damage(Opaque(block) + size, 1);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
