// Frees a freed block by reallocarray(block, 0, 1).
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  Opaque(reallocarray(Opaque(block), Opaque(size_t{0}), 1));
}

}  // namespace misuse
