// A thread frees a local variable of its own.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  InThread([] {
    alignas(16) char local[128] = "local";
    ExpectPointer(local + 64);
    Free(Opaque(local + 64));
  });
}

}  // namespace misuse
