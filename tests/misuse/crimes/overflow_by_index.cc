// Writes one byte in the middle of what lies between two blocks.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  Damage(pair.behind_low + 3, 1);
  ExpectPointer(pair.high);
  Free(pair.high);
}

}  // namespace misuse
