// Resizes memory that somebody else took by sbrk.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const memory = static_cast<char*>(sbrk(2 * kPage));
  char* const pointer = Opaque(
      memory + (kPage - reinterpret_cast<uintptr_t>(memory) % kPage) + 64);
  ExpectPointer(pointer);
  Opaque(realloc(Opaque(pointer), 64));
}

}  // namespace misuse
