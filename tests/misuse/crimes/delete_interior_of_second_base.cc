// Deletes an object through its second base, which has no virtual destructor.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct First {
  char a[32];
};
struct Second {
  char b[32];
};
struct Both : First, Second {
  char c[64];
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  Second* const second = Opaque(new Both);
  ExpectPointer(second);
  ::operator delete(Opaque(second));
}

}  // namespace misuse
