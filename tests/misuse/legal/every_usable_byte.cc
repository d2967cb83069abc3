// Writes each byte that malloc_usable_size promises, in every kind of block.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t bytes : kSizes) {
    char* const blocks[] = {
        Malloc(bytes),
        static_cast<char*>(calloc(1, bytes)),
        static_cast<char*>(realloc(Malloc(10), bytes + 1)),
        AlignedAlloc(64, bytes),
        AlignedAlloc(4096, bytes),
        static_cast<char*>(valloc(bytes)),
    };
    for (char* block : blocks) memset(Opaque(block), 0xff, UsableSize(block));
    for (char* block : blocks) Free(block);
  }
}

}  // namespace misuse
