// Somebody else moves the break between allocations, and keeps the memory.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* foreign[32];
  char* blocks[32];
  for (int i = 0; i < 32; ++i) {
    blocks[i] = Malloc(100 * static_cast<size_t>(i * i) + 8);
    foreign[i] = static_cast<char*>(sbrk(static_cast<intptr_t>(1000 * i + 16)));
    memset(foreign[i], i, static_cast<size_t>(1000 * i + 16));
    for (int k = 0; k < 200; ++k) Malloc(1000);
  }
  for (int i = 0; i < 32; ++i) {
    Free(blocks[i]);
    for (int k = 0; k < 1000 * i + 16; ++k) {
      Require(foreign[i][k] == i, "foreign memory");
    }
  }
  malloc_trim(0);
}

}  // namespace misuse
