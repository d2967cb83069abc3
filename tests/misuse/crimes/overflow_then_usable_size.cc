// The block behind an overflow is asked for its size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  Overflow(pair, 8);
  ExpectPointer(pair.high);
  Opaque(UsableSize(pair.high));
}

}  // namespace misuse
