// Writes behind a block that another thread frees.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Damage(block + size, 1);
  ExpectPointer(block);
  InThread([&] { Free(block); });
}

}  // namespace misuse
