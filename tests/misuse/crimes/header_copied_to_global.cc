// Frees a global variable with a real block's header in front.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

alignas(16) char global[128];

}  // namespace

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const forged = Opaque(global + 64);
  SetHeader(forged, HeaderOf(block));
  ExpectPointer(forged);
  Free(forged);
}

}  // namespace misuse
