// Asks for the size of 0x10.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer = reinterpret_cast<void*>(Opaque(uintptr_t{0x10}));
  ExpectPointer(pointer);
  Opaque(UsableSize(pointer));
}

}  // namespace misuse
