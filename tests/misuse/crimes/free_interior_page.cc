// Frees the first page boundary in a large block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const inside =
      block + (kPage - reinterpret_cast<uintptr_t>(block) % kPage);
  ExpectPointer(inside);
  Free(inside);
}

}  // namespace misuse
