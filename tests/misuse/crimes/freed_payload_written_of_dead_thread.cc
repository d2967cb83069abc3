// Writes to a block that a thread freed before it ended.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  Malloc(size);  // A live neighbour: the memory stays one of blocks.
  char* const block = Malloc(size);
  ExpectPointer(block);
  InThread([&] { Free(block); });
  Damage(block, 8);
  AllocateUntil(block, size);
}

}  // namespace misuse
