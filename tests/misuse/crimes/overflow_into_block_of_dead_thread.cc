// Writes over a block's end into a block whose thread freed it and ended.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  InThread([&] { Free(pair.high); });
  Overflow(pair, 8);
  ExpectPointer(pair.high);
  AllocateUntil(pair.high, size);
}

}  // namespace misuse
