// Writes a string's end one byte too far, where it changes a byte.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  constexpr size_t kTries = 16;
  Pair pair = Neighbours(size);
  for (size_t i = 1; *Opaque(pair.end_of_low) == 0; ++i) {
    if (i == kTries) Skip("the byte behind is always zero");
    pair = Neighbours(size + 16 * i);
  }
  *Opaque(pair.end_of_low) = 0;
  ExpectPointer(pair.high);
  Free(pair.high);
}

}  // namespace misuse
