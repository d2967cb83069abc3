// Frees a string of the environment.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const pointer = Opaque(environ[0]);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
