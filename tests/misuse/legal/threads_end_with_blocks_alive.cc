// Many threads end while their blocks live on, used and freed by others.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* blocks[100];
  for (char*& block : blocks) {
    InThread([&] {
      block = Malloc(200);
      Free(Malloc(200));
    });
  }
  for (char* block : blocks) {
    memset(block, 1, 200);
    Free(block);
  }
}

}  // namespace misuse
