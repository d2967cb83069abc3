// Deletes with an alignment that the object does not have.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

void* Unaligned(size_t size) {
  for (int i = 0; i < 256; ++i) {
    void* const block = Opaque(::operator new(size, std::align_val_t{64}));
    if (reinterpret_cast<uintptr_t>(block) % 65536 != 0) return block;
  }
  Skip("all blocks are aligned to 65536");
}

}  // namespace

void Program(size_t size, size_t /*n*/) {
  void* const block = Unaligned(size);
  ExpectPointer(block);
  ::operator delete(Opaque(block), std::align_val_t{65536});
}

}  // namespace misuse
