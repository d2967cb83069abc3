// Writes to an array of no elements.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const block = static_cast<char*>(Opaque(calloc(Opaque(size_t{0}), 8)));
  char volatile* const byte = block;
  ExpectPointer(block);
  *byte = 'A';
}

}  // namespace misuse
