// Deletes as aligned what the plain new made.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = Opaque(::operator new(size));
  ExpectPointer(block);
  ::operator delete(Opaque(block),
                    std::align_val_t{__STDCPP_DEFAULT_NEW_ALIGNMENT__});
}

}  // namespace misuse
