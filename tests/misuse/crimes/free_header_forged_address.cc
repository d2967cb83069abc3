// Writes an address over a free block's header, as who wants malloc to return
// it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  SetHeader(block, reinterpret_cast<uintptr_t>(environ));
  ExpectPointer(block);
  AllocateUntil(block, size);
}

}  // namespace misuse
