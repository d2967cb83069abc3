// realloc to size 0 frees; what comes next is another block.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t bytes : kSizes) {
    for (int i = 0; i < 50; ++i) {
      Free(realloc(Malloc(bytes), Opaque(size_t{0})));
      Free(Malloc(bytes));
    }
  }
}

}  // namespace misuse
