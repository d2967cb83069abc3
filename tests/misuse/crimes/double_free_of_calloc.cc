// Frees a block of calloc twice.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(calloc(Opaque(size_t{1}), size));
  ExpectPointer(block);
  Free(block);
  Free(block);
}

}  // namespace misuse
