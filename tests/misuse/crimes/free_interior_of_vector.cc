// Frees an element of a vector.
#include <vector>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Element {
  char bytes[16];
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  std::vector<Element> elements(100);
  void* const inside = Opaque(&elements[7]);
  ExpectPointer(inside);
  Free(inside);
}

}  // namespace misuse
