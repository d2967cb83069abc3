// Deletes as an array what new made.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size));
  ExpectPointer(block);
  ::operator delete[](Opaque(block));
}

}  // namespace misuse
