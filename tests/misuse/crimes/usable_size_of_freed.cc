// Asks for the size of a freed block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const pointer = Malloc(size);
  Free(pointer);
  ExpectPointer(pointer);
  Opaque(UsableSize(pointer));
}

}  // namespace misuse
