// Frees a block whose header is one more.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  SetHeader(block, HeaderOf(block) + 1);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
