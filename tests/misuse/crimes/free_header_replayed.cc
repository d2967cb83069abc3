// Frees a block that has got its own earlier free header back.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  const uint64_t free_header = HeaderOf(block);
  if (!AllocateUntil(block, size)) Skip("the block does not come back");
  if (HeaderOf(block) == free_header) Skip("there is no header");
  SetHeader(block, free_header);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
