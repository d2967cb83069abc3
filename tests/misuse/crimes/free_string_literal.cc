// Frees a string literal.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const pointer = const_cast<char*>(Opaque("a string literal"));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
