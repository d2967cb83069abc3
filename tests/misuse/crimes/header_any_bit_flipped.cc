// Frees blocks with one bit of the header changed, each bit once.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  EachInChild(64, [&](size_t bit) {
    char* const block = Malloc(size);
    SetHeader(block, HeaderOf(block) ^ uint64_t{1} << bit);
    Free(block);
  });
}

}  // namespace misuse
