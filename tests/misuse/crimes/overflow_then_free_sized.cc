// The block behind an overflow is freed with its size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  if (free_sized == nullptr) Skip("no free_sized");
  const Pair pair = Neighbours(size);
  Overflow(pair, 8);
  ExpectPointer(pair.high);
  free_sized(Opaque(pair.high), size);
}

}  // namespace misuse
