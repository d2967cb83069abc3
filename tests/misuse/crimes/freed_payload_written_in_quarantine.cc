// Writes to a freed block that does not come back soon; it must show when it
// leaves the quarantine.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  Damage(block, 1);
  Churn(size);
}

}  // namespace misuse
