// Frees memory that somebody else took by sbrk.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  Malloc(100);
  char* const memory = static_cast<char*>(sbrk(2 * kPage));
  Malloc(100);
  void* const pointer = Opaque(
      memory + (kPage - reinterpret_cast<uintptr_t>(memory) % kPage) + 64);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
