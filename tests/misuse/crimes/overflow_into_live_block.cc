// Writes n bytes over a block's end, into the live block behind, then frees
// that.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  const Pair pair = Neighbours(size);
  Overflow(pair, n);
  ExpectPointer(pair.high);
  Free(pair.high);
}

}  // namespace misuse
