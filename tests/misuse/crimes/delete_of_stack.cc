// Deletes a local object, with its size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  alignas(16) char local[128] = "local";
  ExpectPointer(local + 64);
  ::operator delete(Opaque(static_cast<void*>(local + 64)), 32);
}

}  // namespace misuse
