// Deletes an array with twice its size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new[](size));
  ExpectPointer(block);
  ::operator delete[](Opaque(block), 2 * size + 16);
}

}  // namespace misuse
