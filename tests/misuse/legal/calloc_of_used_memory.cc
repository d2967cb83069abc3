// calloc gives zeros, whatever was there before.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t bytes : kSizes) {
    for (int i = 0; i < 50; ++i) {
      char* const used = Malloc(bytes);
      memset(used, 0xa5, bytes);
      Free(used);
      char* const block = static_cast<char*>(Opaque(calloc(1, bytes)));
      for (size_t k = 0; k < bytes; ++k) Require(block[k] == 0, "zeros");
      Free(block);
    }
  }
}

}  // namespace misuse
