// Writes in front of an aligned block, then frees it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = AlignedAlloc(64, size);
  Damage(block - 8, 8);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
