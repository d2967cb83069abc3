// Clears through a dangling pointer, from one element before.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  memset(Opaque(block) - 16, 0x41, 16);
  ExpectPointer(block);
  AllocateUntil(block, size);
}

}  // namespace misuse
