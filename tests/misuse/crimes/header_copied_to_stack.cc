// Frees a local variable with a real block's header in front.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  alignas(16) char local[128] = "local";
  char* const forged = Opaque(local + 64);
  SetHeader(forged, HeaderOf(block));
  ExpectPointer(forged);
  Free(forged);
}

}  // namespace misuse
