// Frees an address in a block that is free.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const inside = block + 32;
  ExpectPointer(inside);
  Free(block);
  Free(inside);
}

}  // namespace misuse
