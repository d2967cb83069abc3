// Frees a freed block by realloc(block, 0).
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  Opaque(realloc(Opaque(block), Opaque(size_t{0})));
}

}  // namespace misuse
