// Writes a block's old header back after its free and frees it again; at the
// latest when it is handed out it must show.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  const uint64_t live = HeaderOf(block);
  ExpectPointer(block);
  Free(block);
  SetHeader(block, live);
  Free(block);
  AllocateUntil(block, size);
  AllocateUntil(block, size);
}

}  // namespace misuse
