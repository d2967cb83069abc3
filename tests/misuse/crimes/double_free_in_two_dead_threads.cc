// One thread frees a block and ends, so does the next.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  InThread([] {});  // What starting a thread allocates, it allocates now.
  char* const block = Malloc(size);
  ExpectPointer(block);
  InThread([&] { Free(block); });
  InThread([&] { Free(block); });
}

}  // namespace misuse
