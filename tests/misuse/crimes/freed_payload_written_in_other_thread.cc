// A thread writes to a block that was freed under it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  InThread([&] { Damage(block, 8); });
  AllocateUntil(block, size);
}

}  // namespace misuse
