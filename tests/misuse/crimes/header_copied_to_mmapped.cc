// Frees mapped memory with a real block's header in front.
#include <sys/mman.h>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  void* const pages = mmap(nullptr, 4 * kPage, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* const forged = Opaque(static_cast<char*>(pages)) + 64;
  SetHeader(forged, HeaderOf(block));
  ExpectPointer(forged);
  Free(forged);
}

}  // namespace misuse
