// Writes a freed block's header, then frees the block again.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  Damage(block - 8, 8);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
