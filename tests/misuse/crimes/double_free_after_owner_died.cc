// Frees a block of a thread that freed it and ended.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  InThread([] {});  // What starting a thread allocates, it allocates now.
  char* block = nullptr;
  InThread([&] {
    block = Malloc(size);
    Free(block);
  });
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
