// Frees a block of size 0 twice.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const block = Malloc(0);
  ExpectPointer(block);
  Free(block);
  Free(block);
}

}  // namespace misuse
