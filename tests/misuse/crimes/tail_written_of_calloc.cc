// Writes behind a block of calloc.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = static_cast<char*>(calloc(1, Opaque(size)));
  Damage(Opaque(block) + size, 1);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
