// Deletes with a third of the size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size));
  ExpectPointer(block);
  ::operator delete(Opaque(block), size / 3);
}

}  // namespace misuse
