// The program handles its own SIGSEGV: a page that it protects and opens at
// the first write.
#include <sys/mman.h>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

char* page = nullptr;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  page = static_cast<char*>(
      mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  struct sigaction action{};
  action.sa_sigaction = [](int, siginfo_t* info, void*) {
    if (info->si_addr != page) _exit(3);
    mprotect(page, kPage, PROT_READ | PROT_WRITE);
  };
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
  for (int i = 0; i < 10; ++i) {
    Free(Malloc(300000));
    Opaque(page)[0] = 1;
    Require(Opaque(page)[0] == 1, "the page");
    mprotect(page, kPage, PROT_NONE);
  }
}

}  // namespace misuse
