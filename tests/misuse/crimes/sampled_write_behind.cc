// Writes behind a small block; sampling sees it if the block is a sampled one.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  const uintptr_t end = reinterpret_cast<uintptr_t>(block) + size;
  char volatile* const byte =
      reinterpret_cast<char*>((end + kPage - 1) / kPage * kPage);
  ExpectPointer(const_cast<char*>(byte));
  *byte = 'A';
}

}  // namespace misuse
