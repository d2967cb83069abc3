// Reads the start of a freed large block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char volatile* const byte = Opaque(block);
  ExpectPointer(const_cast<char*>(byte));
  Free(block);
  Opaque(static_cast<char>(*byte));
}

}  // namespace misuse
