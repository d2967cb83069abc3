// Aligned blocks of every alignment to 1 MiB, written and freed by free.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (size_t alignment = 8; alignment <= size_t{1} << 20; alignment *= 2) {
    char* blocks[3 * 9];
    for (size_t i = 0; i < 3 * 9; ++i) {
      blocks[i] = AlignedAlloc(alignment, kSizes[i % 9]);
      Require(reinterpret_cast<uintptr_t>(blocks[i]) % alignment == 0,
              "alignment");
      memset(blocks[i], 1, kSizes[i % 9]);
    }
    for (char* block : blocks) Free(block);
  }
}

}  // namespace misuse
