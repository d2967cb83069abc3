// Resizes a block that a thread freed before it ended.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const pointer = Malloc(size);
  InThread([&] { Free(pointer); });
  ExpectPointer(pointer);
  Opaque(realloc(Opaque(pointer), 64));
}

}  // namespace misuse
