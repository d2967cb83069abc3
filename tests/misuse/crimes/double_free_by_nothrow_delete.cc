// Deletes twice, by the form that a throwing constructor calls.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size, std::nothrow));
  ExpectPointer(block);
  ::operator delete(Opaque(block), std::nothrow);
  ::operator delete(Opaque(block), std::nothrow);
}

}  // namespace misuse
