// Frees with an alignment that the block does not have.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

char* Unaligned(size_t size) {
  for (int i = 0; i < 256; ++i) {
    char* const block = AlignedAlloc(64, size);
    if (reinterpret_cast<uintptr_t>(block) % 65536 != 0) return block;
  }
  Skip("all blocks are aligned to 65536");
}

}  // namespace

void Program(size_t size, size_t /*n*/) {
  if (free_aligned_sized == nullptr) Skip("no free_aligned_sized");
  void* const block = Unaligned(size);
  ExpectPointer(block);
  free_aligned_sized(Opaque(block), 65536, size);
}

}  // namespace misuse
