// A vforked child executes another program.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  char* const block = Malloc(100);
  for (int i = 0; i < 5; ++i) {
    const pid_t child = vfork();
    if (child == 0) {
      execl("/bin/true", "true", nullptr);
      _exit(127);
    }
    int status = 0;
    Require(waitpid(child, &status, 0) == child && status == 0, "the child");
    Free(Malloc(1000));
  }
  Free(block);
}

}  // namespace misuse
