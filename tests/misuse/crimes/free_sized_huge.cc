// Frees with a negative size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  if (free_sized == nullptr) Skip("no free_sized");
  void* const block = Malloc(size);
  ExpectPointer(block);
  free_sized(Opaque(block), SIZE_MAX);
}

}  // namespace misuse
