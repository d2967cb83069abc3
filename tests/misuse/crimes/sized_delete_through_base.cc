// Deletes an object through its base, which has no virtual destructor.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Base {
  char kind = 'b';
};
struct Derived : Base {
  char more[300] = "derived";
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  Base* const base = Opaque(new Derived);
  ExpectPointer(base);
  delete base;
}

}  // namespace misuse
