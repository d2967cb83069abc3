// Frees an address in mapped memory that nobody may read.
#include <sys/mman.h>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pages =
      mmap(nullptr, 4 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* const pointer = Opaque(static_cast<char*>(pages)) + 2 * kPage;
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
