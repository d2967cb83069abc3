// Frees the first address above the user's half.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer =
      reinterpret_cast<void*>(Opaque(uintptr_t{0x800000000000}));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
