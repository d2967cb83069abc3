// A forked child frees what its parent freed.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  ExpectPointer(block);
  Free(block);
  InChild([&] { Free(block); });
}

}  // namespace misuse
