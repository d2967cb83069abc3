// Frees what realloc(block, 0) freed.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  if (realloc(Opaque(block), Opaque(size_t{0})) != nullptr) {
    Skip("realloc to size 0 frees nothing");
  }
  Free(block);
}

}  // namespace misuse
