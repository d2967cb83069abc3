// Frees an address just above the break.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  Malloc(100);
  char* const end = static_cast<char*>(sbrk(0));
  char* const pointer = Opaque(end + 16 * kPage);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
