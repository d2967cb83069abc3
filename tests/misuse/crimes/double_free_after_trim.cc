// Frees a block again after its memory may have gone back to the system.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  malloc_trim(0);
  Free(block);
}

}  // namespace misuse
