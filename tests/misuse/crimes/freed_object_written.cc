// A method of a deleted object writes a member.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Object {
  char text[64];
  int number;
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  auto* const object = Opaque(new Object);
  ExpectPointer(object);
  delete Opaque(object);
  Opaque(object)->number = 7;
  AllocateUntil(reinterpret_cast<char*>(object), sizeof(Object));
}

}  // namespace misuse
