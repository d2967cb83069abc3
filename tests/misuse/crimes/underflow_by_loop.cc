// A loop downwards that stops one element late.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  auto* const numbers = reinterpret_cast<uint64_t*>(Malloc(size));
  for (auto i = static_cast<ptrdiff_t>(size / 8) - 1; i >= -1; --i) {
    Opaque(numbers)[i] = 7;
  }
  ExpectPointer(numbers);
  Free(numbers);
}

}  // namespace misuse
