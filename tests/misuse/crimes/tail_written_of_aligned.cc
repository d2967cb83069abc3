// Writes behind an aligned block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = AlignedAlloc(64, size);
  Damage(block + size, 1);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
