// Reads a block of size 0.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const block = static_cast<char*>(Opaque(malloc(Opaque(size_t{0}))));
  char volatile* const byte = block;
  ExpectPointer(block);
  Opaque(static_cast<char>(*byte));
}

}  // namespace misuse
