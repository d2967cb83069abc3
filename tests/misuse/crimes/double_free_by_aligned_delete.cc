// Deletes an aligned object twice.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size, std::align_val_t{64}));
  ExpectPointer(block);
  ::operator delete(Opaque(block), std::align_val_t{64});
  ::operator delete(Opaque(block), std::align_val_t{64});
}

}  // namespace misuse
