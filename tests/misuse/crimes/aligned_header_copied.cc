// Frees a block aligned to n that has another one's header.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const one = AlignedAlloc(n, size);
  char* const two = AlignedAlloc(n, size);
  SetHeader(two, HeaderOf(one));
  ExpectPointer(two);
  Free(two);
}

}  // namespace misuse
