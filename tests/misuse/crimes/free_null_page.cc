// Frees 0x10, a member of a null pointer's object.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer = reinterpret_cast<void*>(Opaque(uintptr_t{0x10}));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
