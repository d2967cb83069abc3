// Clears more than the block.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  memset(Opaque(pair.low), 0,
         static_cast<size_t>(pair.behind_low - pair.low) + 8);
  ExpectPointer(pair.high);
  Free(pair.high);
}

}  // namespace misuse
