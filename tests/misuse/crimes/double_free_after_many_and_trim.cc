// Frees a block again after it and its neighbours went back to the system.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const size_t count = Many(size);
  char** const blocks = new char*[count];
  for (size_t i = 0; i < count; ++i) blocks[i] = Malloc(size);
  ExpectPointer(blocks[count / 2]);
  for (size_t i = 0; i < count; ++i) Free(blocks[i]);
  malloc_trim(0);
  Free(blocks[count / 2]);
}

}  // namespace misuse
