// Blocks of size 0 of every kind, made, resized and freed.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  for (int i = 0; i < 100; ++i) {
    Free(Malloc(0));
    Free(calloc(Opaque(size_t{0}), 8));
    Free(AlignedAlloc(64, 0));
    Free(AlignedAlloc(4096, 0));
    ::operator delete(Opaque(::operator new(0)), size_t{0});
    ::operator delete[](Opaque(::operator new[](0)));
    UsableSize(Malloc(0));
    char* const grown = static_cast<char*>(realloc(Malloc(0), 1000));
    memset(Opaque(grown), 1, 1000);
    Free(grown);
  }
  Require(Malloc(0) != Malloc(0), "two blocks at one address");
}

}  // namespace misuse
