// Frees a local variable by C23's free_sized.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  if (free_sized == nullptr) Skip("no free_sized");
  alignas(16) char local[128] = "local";
  ExpectPointer(local + 64);
  free_sized(Opaque(local + 64), 32);
}

}  // namespace misuse
