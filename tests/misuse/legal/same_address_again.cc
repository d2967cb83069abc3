// A block freed and allocated at the same address many times is no double
// free.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t bytes : kSizes) {
    for (int i = 0; i < 300; ++i) {
      char* const block = Malloc(bytes);
      memset(block, 0, bytes);
      Free(block);
    }
  }
}

}  // namespace misuse
