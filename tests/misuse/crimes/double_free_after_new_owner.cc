// Frees a block that meanwhile belongs to another owner, who frees it, too.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Free(block);
  if (!AllocateUntil(block, size)) Skip("the block does not come back");
  ExpectPointer(block);
  Free(block);
  Free(block);
}

}  // namespace misuse
