// Frees with the size that a block had before it grew.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  if (free_sized == nullptr) Skip("no free_sized");
  void* const block = realloc(Malloc(size), 3 * size);
  ExpectPointer(block);
  free_sized(Opaque(block), size);
}

}  // namespace misuse
