// Reads the first byte behind the size that was asked for.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char volatile* const behind = Opaque(block + size);
  ExpectPointer(const_cast<char*>(behind));
  Opaque(static_cast<char>(*behind));
}

}  // namespace misuse
