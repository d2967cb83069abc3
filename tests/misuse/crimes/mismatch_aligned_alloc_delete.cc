// Deletes what posix_memalign made.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  void* const block = AlignedAlloc(64, size);
  ExpectPointer(block);
  ::operator delete(Opaque(block));
}

}  // namespace misuse
