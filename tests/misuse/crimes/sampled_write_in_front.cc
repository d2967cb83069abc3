// Writes in front of a small block's page.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  const uintptr_t page = reinterpret_cast<uintptr_t>(block) / kPage * kPage;
  char volatile* const byte = reinterpret_cast<char*>(page - 1);
  ExpectPointer(const_cast<char*>(byte));
  *byte = 'A';
}

}  // namespace misuse
