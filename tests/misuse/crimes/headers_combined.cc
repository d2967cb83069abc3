// Frees a block whose header is the exclusive or of three others: what a
// linear check would take.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  char* const other = Malloc(size);
  SetHeader(pair.high,
            HeaderOf(pair.low) ^ HeaderOf(other) ^ HeaderOf(pair.high));
  ExpectPointer(pair.high);
  Free(pair.high);
}

}  // namespace misuse
