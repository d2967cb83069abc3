// Writes to a large block that realloc moved away.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  Malloc(size);
  if (realloc(Opaque(block), 8 * size) == block) Skip("realloc moves nothing");
  char volatile* const byte = Opaque(block + 100);
  ExpectPointer(const_cast<char*>(byte));
  *byte = 'A';
}

}  // namespace misuse
