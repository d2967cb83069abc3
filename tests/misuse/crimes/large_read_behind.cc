// Reads the first byte of the page behind a large block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char volatile* const behind = PageBehind(block);
  ExpectPointer(const_cast<char*>(behind));
  Opaque(static_cast<char>(*behind));
}

}  // namespace misuse
