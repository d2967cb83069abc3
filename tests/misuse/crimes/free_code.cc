// Frees a function.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

__attribute__((noinline, aligned(16))) void Function() { Opaque(0); }

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  void* const pointer = reinterpret_cast<void*>(Opaque(&Function));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
