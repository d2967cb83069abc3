// Frees a thread-local variable.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

alignas(16) thread_local char local[128] = "local";

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  char* const pointer = Opaque(local + 64);
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
