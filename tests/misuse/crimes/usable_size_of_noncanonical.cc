// Asks for the size of text.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer =
      reinterpret_cast<void*>(Opaque(uintptr_t{0x4141414141414140}));
  ExpectPointer(pointer);
  Opaque(UsableSize(pointer));
}

}  // namespace misuse
