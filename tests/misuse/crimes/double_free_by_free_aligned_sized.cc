// Frees twice by C23's free_aligned_sized.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  if (free_aligned_sized == nullptr) Skip("no free_aligned_sized");
  char* const block = AlignedAlloc(64, size);
  ExpectPointer(block);
  free_aligned_sized(Opaque(block), 64, size);
  free_aligned_sized(Opaque(block), 64, size);
}

}  // namespace misuse
