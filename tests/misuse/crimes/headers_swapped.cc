// Frees one of two blocks with swapped headers.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const one = Malloc(size);
  char* const two = Malloc(size);
  const uint64_t header = HeaderOf(one);
  SetHeader(one, HeaderOf(two));
  SetHeader(two, header);
  ExpectPointer(one);
  Free(one);
}

}  // namespace misuse
