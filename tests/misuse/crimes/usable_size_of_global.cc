// Asks for the size of a global variable.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

alignas(16) char global[128] = "global";

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  char* const pointer = Opaque(global + 64);
  ExpectPointer(pointer);
  Opaque(UsableSize(pointer));
}

}  // namespace misuse
