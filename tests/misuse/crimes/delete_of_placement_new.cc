// Deletes an object that was made in a static buffer.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Object {
  char text[32];
};

alignas(16) char buffer[256];

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  auto* const object = Opaque(new (buffer + 64) Object);
  ExpectPointer(object);
  ::operator delete(Opaque(object));
}

}  // namespace misuse
