// Pages in a large block are given to the kernel by the user.
#include <sys/mman.h>

#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  for (int i = 0; i < 10; ++i) {
    char* const block = AlignedAlloc(kPage, 64 * kPage);
    memset(block, 1, 64 * kPage);
    Require(madvise(block, 64 * kPage, MADV_DONTNEED) == 0, "madvise");
    Require(Opaque(block)[9 * kPage] == 0, "zeros");
    Free(block);
  }
}

}  // namespace misuse
