// Frees twice by C23's free_sized.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  if (free_sized == nullptr) Skip("no free_sized");
  char* const block = Malloc(size);
  ExpectPointer(block);
  free_sized(Opaque(block), size);
  free_sized(Opaque(block), size);
}

}  // namespace misuse
