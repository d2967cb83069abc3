// Frees an index.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer = reinterpret_cast<void*>(Opaque(uintptr_t{1}));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
