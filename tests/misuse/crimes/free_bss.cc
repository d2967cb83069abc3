// Frees a global variable of zeros.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

alignas(16) char zeros[8192];

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  char* const pointer = Opaque(zeros + 64);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
