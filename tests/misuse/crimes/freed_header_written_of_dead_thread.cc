// Writes the header of a block that a thread freed before it ended.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  Malloc(size);  // A live neighbour: the memory stays one of blocks.
  char* const block = Malloc(size);
  InThread([&] { Free(block); });
  Damage(block - 8, 8);
  ExpectPointer(block);
  AllocateUntil(block, size);
}

}  // namespace misuse
