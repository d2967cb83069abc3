// Frees a block that has the header of a block of another size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const one = Malloc(size);
  char* const two = Malloc(2 * size + 64);
  SetHeader(one, HeaderOf(two));
  ExpectPointer(one);
  Free(one);
}

}  // namespace misuse
