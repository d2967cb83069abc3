// Blocks are freed and made by exit handlers.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

char* held = nullptr;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  held = Malloc(1000);
  Require(atexit([] {
            Free(held);
            Free(Malloc(40000));
          }) == 0,
          "atexit");
  InThread([] { Free(Malloc(24)); });
}

}  // namespace misuse
