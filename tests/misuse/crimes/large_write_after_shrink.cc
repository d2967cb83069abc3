// Writes far behind a large block that became small.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const shrunk = static_cast<char*>(realloc(Opaque(block), 100));
  if (UsableSize(shrunk) > size / 2) Skip("realloc keeps the memory");
  char volatile* const byte = Opaque(block + size - 1);
  ExpectPointer(const_cast<char*>(byte));
  *byte = 'A';
}

}  // namespace misuse
