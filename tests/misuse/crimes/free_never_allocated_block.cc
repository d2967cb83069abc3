// Frees where the allocator would put its next block, but has not yet.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  const auto stride = pair.high - pair.low;
  char* const pointer = Opaque(pair.highest + stride);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
