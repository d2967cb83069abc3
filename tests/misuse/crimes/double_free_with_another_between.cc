// Frees a block, another, and the first again: what fooled the check of the
// last freed block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const first = Malloc(size);
  char* const second = Malloc(size);
  ExpectPointer(first);
  Free(first);
  Free(second);
  Free(first);
}

}  // namespace misuse
