// Writes a free block's header over another free block's.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const one = Malloc(size);
  char* const two = Malloc(size);
  Free(one);
  Free(two);
  SetHeader(one, HeaderOf(two));
  ExpectPointer(one);
  AllocateUntil(one, size);
}

}  // namespace misuse
