// Frees a block again after many operations of other sizes.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  for (size_t i = 1; i <= 300; ++i) Free(Malloc(2 * size + 16 * i));
  Free(block);
}

}  // namespace misuse
