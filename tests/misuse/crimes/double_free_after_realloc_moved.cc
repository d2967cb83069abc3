// Frees the old pointer after realloc moved the block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  for (int i = 0; i < 64; ++i) {
    char* const block = Malloc(size);
    Malloc(size);  // In the way of growing in place.
    if (realloc(Opaque(block), 8 * size) == block) continue;
    ExpectPointer(block);
    Free(block);
    return;
  }
  Skip("realloc moves nothing");
}

}  // namespace misuse
