// Reads just before the page of the byte in front of a large block.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  const uintptr_t page = reinterpret_cast<uintptr_t>(block - 1) / kPage * kPage;
  char volatile* const byte = reinterpret_cast<char*>(page - 1);
  ExpectPointer(const_cast<char*>(byte));
  Opaque(static_cast<char>(*byte));
}

}  // namespace misuse
