// Writes a header that has left its thread's cache.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const size_t count = Many(size);
  char** const blocks = new char*[count];
  for (size_t i = 0; i < count; ++i) blocks[i] = Malloc(size);
  // Some stay, so that the memory stays one of blocks.
  for (size_t i = 0; i < count; ++i) {
    if (i % 16 != 1) Free(blocks[i]);
  }
  Damage(blocks[count / 2] - 8, 8);
  ExpectPointer(blocks[count / 2]);
  AllocateUntil(blocks[count / 2], size);
}

}  // namespace misuse
