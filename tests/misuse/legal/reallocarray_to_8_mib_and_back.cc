// A block grows to 8 MiB and shrinks back, keeping what is in it.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* block = Malloc(8);
  for (size_t bytes = 16; bytes <= size_t{8} << 20; bytes *= 2) {
    block = static_cast<char*>(reallocarray(block, bytes / 8, 8));
    Require(Opaque(block)[0] == 'm', "content");
    block[bytes - 1] = 'e';
  }
  for (size_t bytes = size_t{8} << 20; bytes >= 8; bytes /= 2) {
    block = static_cast<char*>(reallocarray(block, bytes / 8, 8));
    Require(Opaque(block)[0] == 'm', "content");
    block[bytes - 1] = 'e';
  }
  Free(block);
}

}  // namespace misuse
