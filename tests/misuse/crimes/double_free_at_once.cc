// Frees a block twice in a row.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  Free(block);
}

}  // namespace misuse
