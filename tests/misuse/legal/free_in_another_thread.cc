// One thread makes blocks, another frees them, again and again.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  for (int round = 0; round < 30; ++round) {
    char* blocks[300];
    InThread([&] {
      for (size_t i = 0; i < 300; ++i) blocks[i] = Malloc(i * 20);
    });
    InThread([&] {
      for (char* block : blocks) Free(block);
    });
  }
}

}  // namespace misuse
