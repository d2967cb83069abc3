// Frees a block whose header has the low half of another's.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const one = Malloc(size);
  char* const two = Malloc(2 * size + 64);
  const uint64_t low = HeaderOf(two) & 0xffffffff;
  SetHeader(one, (HeaderOf(one) >> 32 << 32) | low);
  ExpectPointer(one);
  Free(one);
}

}  // namespace misuse
