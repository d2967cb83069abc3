// A signal handler leaves a computation by siglongjmp; malloc goes on.
#include <csetjmp>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

sigjmp_buf back;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  signal(SIGALRM, [](int) { siglongjmp(back, 1); });
  char* const block = Malloc(1000);
  for (static int i = 0; i < 20; ++i) {
    if (sigsetjmp(back, 1) == 0) {
      ualarm(1000, 0);
      for (;;) Opaque(0);
    }
    Free(Malloc(1000));
  }
  Free(block);
}

}  // namespace misuse
