// What the program does before any constructor ran, the C++ runtime's neither.
//
// Role: where its first argument is not empty, the first malloc of all comes
//   here, when libc has no environment yet. Its letters: the kernel has no
//   getrandom (r); a crime is committed before an unwinder is ready (c).
// Takes from: tell. Gives to: the loader.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "fuzz/process/program/tell.h"
#include "fuzz/process/record.h"

namespace headroom {
namespace {

// From here on getrandom fails. Where filters are refused, it does not.
void TakeRandomAway() {
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {4, rules};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void CommitEarly() {
  alignas(16) char on_stack[64] = {};
  Tell("%s %x %x 0\n", kCrimeWord, kNotLiveBit, kMayLackStack);
  free(Opaque(on_stack + 16));
  Tell("%s\n", kSurvivedWord);
}

void BeforeConstructors(int count, char** arguments, char**) {
  const char* const what = count < 2 ? "" : arguments[1];
  if (strchr(what, 'r') != nullptr) TakeRandomAway();
  if (*what != '\0') free(Opaque(malloc(Opaque(size_t{100}))));
  if (strchr(what, 'c') != nullptr) CommitEarly();
}

[[gnu::used, gnu::section(".preinit_array")]] void (*const kBefore)(
    int, char**, char**) = &BeforeConstructors;

}  // namespace
}  // namespace headroom
