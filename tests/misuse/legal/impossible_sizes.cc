// Sizes that no block can have give null or bad_alloc, quietly.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  Require(Opaque(calloc(Opaque(SIZE_MAX / 2), 4)) == nullptr, "calloc");
  Require(Opaque(malloc(Opaque(SIZE_MAX))) == nullptr, "malloc");
  Require(Opaque(malloc(Opaque(SIZE_MAX - 100))) == nullptr, "malloc");
  char* const block = Malloc(100);
  Require(Opaque(realloc(Opaque(block), Opaque(SIZE_MAX - 8))) == nullptr,
          "realloc");
  Require(Opaque(reallocarray(Opaque(block), Opaque(SIZE_MAX), 2)) == nullptr,
          "reallocarray");
  Require(Opaque(block)[99] == 'm', "content");
  Free(block);
  void* result = nullptr;
  Require(posix_memalign(&result, 24, 100) != 0, "posix_memalign");
  Require(Opaque(::operator new(Opaque(SIZE_MAX / 2), std::nothrow)) == nullptr,
          "new");
  try {
    Opaque(::operator new(Opaque(SIZE_MAX / 2)));
    Fail("new");
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace misuse
