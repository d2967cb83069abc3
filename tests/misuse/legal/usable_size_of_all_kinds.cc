// malloc_usable_size of every kind, before and after realloc.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t bytes : kSizes) {
    void* const blocks[] = {
        Malloc(bytes),           calloc(1, bytes),
        AlignedAlloc(64, bytes), AlignedAlloc(65536, bytes),
        memalign(32, bytes),     valloc(bytes),
        pvalloc(bytes),          ::operator new(bytes),
        ::operator new[](bytes), realloc(Malloc(100), bytes + 1)};
    for (void* block : blocks) {
      Require(UsableSize(block) >= bytes, "the size");
    }
  }
}

}  // namespace misuse
