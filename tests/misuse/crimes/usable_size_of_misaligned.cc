// Asks for the size of an address that no block has.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const pointer = Malloc(size) + 1;
  ExpectPointer(pointer);
  Opaque(UsableSize(pointer));
}

}  // namespace misuse
