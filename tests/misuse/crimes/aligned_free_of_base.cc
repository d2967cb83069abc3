// Frees each address below a block aligned to n: the block around it may begin
// there.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t n) {
  char* const block = AlignedAlloc(n, size);
  EachInChild(64, [&](size_t i) { Free(block - 16 * (i + 1)); });
}

}  // namespace misuse
