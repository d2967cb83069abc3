// Frees another's sbrk memory with a real block's header in front.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char* const memory = static_cast<char*>(sbrk(2 * kPage));
  char* const forged =
      memory + (kPage - reinterpret_cast<uintptr_t>(memory) % kPage) + 64;
  SetHeader(forged, HeaderOf(block));
  ExpectPointer(forged);
  Free(forged);
}

}  // namespace misuse
