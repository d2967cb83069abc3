// Deletes as one object what was made as an array of objects with destructors.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Object {
  ~Object() { text[0] = 'd'; }
  char text[32];
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  auto* const array = Opaque(new Object[5]);
  ExpectPointer(array);
  ::operator delete(Opaque(static_cast<void*>(array)));
}

}  // namespace misuse
