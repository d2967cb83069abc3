// Frees MAP_FAILED.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer = reinterpret_cast<void*>(Opaque(UINTPTR_MAX));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
