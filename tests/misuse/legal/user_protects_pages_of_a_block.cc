// Pages in a large block are protected by the user and opened again.
#include <sys/mman.h>

#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  for (int i = 0; i < 10; ++i) {
    char* const block = AlignedAlloc(kPage, 64 * kPage);
    memset(block, 1, 64 * kPage);
    mprotect(block + 8 * kPage, 8 * kPage, PROT_NONE);
    mprotect(block + 32 * kPage, 8 * kPage, PROT_READ);
    Free(Malloc(64 * kPage));
    mprotect(block + 8 * kPage, 32 * kPage, PROT_READ | PROT_WRITE);
    Require(block[9 * kPage] == 1, "content");
    Free(block);
  }
}

}  // namespace misuse
