// Writes to a large block that another thread freed.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char volatile* const byte = Opaque(block + 100);
  ExpectPointer(const_cast<char*>(byte));
  InThread([&] { Free(block); });
  *byte = 'A';
}

}  // namespace misuse
