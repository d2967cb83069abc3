// Writes a freed block's header, then makes the caches empty themselves.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  Damage(block - 8, 8);
  ExpectPointer(block);
  malloc_trim(0);
  AllocateUntil(block, size);
}

}  // namespace misuse
