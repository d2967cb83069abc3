// Deletes as unaligned what the aligned new made.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size, std::align_val_t{64}));
  ExpectPointer(block);
  ::operator delete(Opaque(block));
}

}  // namespace misuse
