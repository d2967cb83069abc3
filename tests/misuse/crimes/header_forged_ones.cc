// Frees a block with a header of ones.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  SetHeader(block, ~uint64_t{0});
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
