// Frees a block with its size for a header, as some allocators have it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  SetHeader(block, size | 1);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
