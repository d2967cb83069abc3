// Writes n bytes over a block's end, into the free block behind, then
// allocates that again.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  const Pair pair = Neighbours(size);
  Free(pair.high);
  Overflow(pair, n);
  ExpectPointer(pair.high);
  AllocateUntil(pair.high, size);
}

}  // namespace misuse
