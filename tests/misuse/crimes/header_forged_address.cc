// Frees a block with its own address for a header.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  SetHeader(block, reinterpret_cast<uintptr_t>(block));
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
