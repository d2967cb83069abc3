// Resizes a freed block by reallocarray.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  Opaque(reallocarray(Opaque(block), 3, size));
}

}  // namespace misuse
