// Writes a small block after its free.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char volatile* const byte = Opaque(block);
  ExpectPointer(block);
  Free(block);
  *byte = 'A';
}

}  // namespace misuse
