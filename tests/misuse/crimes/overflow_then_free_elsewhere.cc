// The block behind an overflow is freed by another thread.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  Overflow(pair, 8);
  ExpectPointer(pair.high);
  InThread([&] { Free(pair.high); });
}

}  // namespace misuse
