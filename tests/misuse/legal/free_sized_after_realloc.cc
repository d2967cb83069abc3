// Frees with the size that realloc was last asked for, up or down.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  if (free_sized == nullptr) Skip("no free_sized");
  for (const size_t from : kSizes) {
    for (const size_t to : kSizes) {
      if (to == 0) continue;
      void* const block = realloc(Malloc(from), to);
      free_sized(Opaque(block), to);
    }
  }
}

}  // namespace misuse
