// Frees so many blocks after the first that it leaves every cache, then the
// first again.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const size_t count = Many(size);
  char** const blocks = new char*[count];
  for (size_t i = 0; i < count; ++i) blocks[i] = Malloc(size);
  ExpectPointer(blocks[0]);
  for (size_t i = 0; i < count; ++i) Free(blocks[i]);
  Free(blocks[0]);
}

}  // namespace misuse
