// Resizes a local variable.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  alignas(16) char local[128] = "local";
  char* const pointer = Opaque(local + 64);
  ExpectPointer(pointer);
  Opaque(realloc(Opaque(pointer), 64));
}

}  // namespace misuse
