// Frees an address in a mapped file, behind the file's end: to read there is
// SIGBUS.
#include <sys/mman.h>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  const int file = memfd_create("empty", 0);
  void* const pages = mmap(nullptr, 4 * kPage, PROT_READ, MAP_SHARED, file, 0);
  char* const pointer = Opaque(static_cast<char*>(pages)) + 2 * kPage;
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
