// Resizes mapped memory.
#include <sys/mman.h>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pages = mmap(nullptr, 4 * kPage, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* const pointer = Opaque(static_cast<char*>(pages)) + 64;
  ExpectPointer(pointer);
  Opaque(realloc(Opaque(pointer), 64));
}

}  // namespace misuse
