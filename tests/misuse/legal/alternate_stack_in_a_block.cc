// A signal handler runs on an alternate stack that malloc gave.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  constexpr size_t kBytes = 1 << 18;
  stack_t stack{};
  stack.ss_sp = Malloc(kBytes);
  stack.ss_size = kBytes;
  Require(sigaltstack(&stack, nullptr) == 0, "sigaltstack");
  struct sigaction action{};
  action.sa_handler = [](int) {
    char local[100000];
    memset(Opaque(local), 1, sizeof(local));
  };
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, nullptr);
  for (int i = 0; i < 10; ++i) raise(SIGUSR1);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, nullptr);
  Free(stack.ss_sp);
}

}  // namespace misuse
