// Frees an address just below the break: in the heap, but of no block yet.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  Malloc(100);
  char* const end = static_cast<char*>(sbrk(0));
  char* const pointer =
      Opaque(end - reinterpret_cast<uintptr_t>(end) % kPage - 64);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
