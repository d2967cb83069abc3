// Null pointers for everything that takes them.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  Free(nullptr);
  ::operator delete(Opaque(static_cast<void*>(nullptr)));
  ::operator delete[](Opaque(static_cast<void*>(nullptr)));
  ::operator delete(Opaque(static_cast<void*>(nullptr)), 100);
  ::operator delete(Opaque(static_cast<void*>(nullptr)), std::align_val_t{64});
  Require(UsableSize(nullptr) == 0, "the size of null");
  Free(realloc(Opaque(static_cast<void*>(nullptr)), 100));
  Free(reallocarray(Opaque(static_cast<void*>(nullptr)), 10, 100));
}

}  // namespace misuse
