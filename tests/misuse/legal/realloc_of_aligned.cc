// realloc takes aligned blocks and keeps what is in them.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (size_t alignment = 64; alignment <= 65536; alignment *= 2) {
    for (const size_t bytes : kSizes) {
      char* const block = AlignedAlloc(alignment, bytes + 8);
      memset(block, 0x37, bytes + 8);
      char* const moved = static_cast<char*>(realloc(block, 2 * bytes + 16));
      Require(Opaque(moved)[bytes + 7] == 0x37, "content");
      Free(moved);
    }
  }
}

}  // namespace misuse
