// Writes to an object of size 0.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const block =
      static_cast<char*>(Opaque(::operator new(Opaque(size_t{0}))));
  char volatile* const byte = block;
  ExpectPointer(block);
  *byte = 'A';
}

}  // namespace misuse
