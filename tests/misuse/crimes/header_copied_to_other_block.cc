// Frees a block that has another block's header.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const one = Malloc(size);
  char* const two = Malloc(size);
  SetHeader(two, HeaderOf(one));
  ExpectPointer(two);
  Free(two);
}

}  // namespace misuse
