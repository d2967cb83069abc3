// Resizes a local variable by reallocarray.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  alignas(16) char local[128] = "local";
  ExpectPointer(local + 64);
  Opaque(reallocarray(Opaque(local + 64), 3, 64));
}

}  // namespace misuse
