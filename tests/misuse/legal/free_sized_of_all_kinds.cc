// Frees with its right size each kind that free_sized takes.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  if (free_sized == nullptr || free_aligned_sized == nullptr) {
    Skip("no free_sized");
  }
  for (const size_t bytes : kSizes) {
    free_sized(Malloc(bytes), bytes);
    free_sized(Opaque(calloc(1, bytes)), bytes);
    for (size_t alignment = 16; alignment <= 65536; alignment *= 2) {
      void* const block = Opaque(aligned_alloc(alignment, bytes));
      free_aligned_sized(block, alignment, bytes);
    }
  }
  free_sized(nullptr, 100);
  free_aligned_sized(nullptr, 64, 100);
}

}  // namespace misuse
