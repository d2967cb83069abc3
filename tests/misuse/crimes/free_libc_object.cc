// Frees an object of libc: standard output.
#include <cstdio>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer = Opaque(stdout);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
