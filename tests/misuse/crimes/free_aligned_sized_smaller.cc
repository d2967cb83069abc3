// Frees an aligned block with half its size.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  if (free_aligned_sized == nullptr) Skip("no free_aligned_sized");
  void* const block = AlignedAlloc(64, size);
  ExpectPointer(block);
  free_aligned_sized(Opaque(block), 64, size / 2);
}

}  // namespace misuse
