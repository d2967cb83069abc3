// Frees blocks with random headers.
#include <sys/random.h>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  EachInChild(32, [&](size_t i) {
    char* const block = Malloc(size);
    uint64_t random = i;
    Require(getrandom(&random, sizeof(random), 0) == sizeof(random), "random");
    SetHeader(block, random);
    Free(block);
  });
}

}  // namespace misuse
