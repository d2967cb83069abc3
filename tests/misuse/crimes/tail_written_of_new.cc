// Writes behind an object, then deletes it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size));
  Damage(static_cast<char*>(block) + size, 1);
  ExpectPointer(block);
  ::operator delete(Opaque(block), size);
}

}  // namespace misuse
