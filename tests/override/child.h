// Runs a function in a child process, for what must not happen to the test.
#ifndef HEADROOM_TESTS_OVERRIDE_CHILD_H_
#define HEADROOM_TESTS_OVERRIDE_CHILD_H_

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace headroom {

// The child's exit status: what `body` returned, or 128 + the signal that
// ended it; a child that hangs ends by SIGALRM after a minute.
template <typename Body>
int StatusOfChild(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(body());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_OVERRIDE_CHILD_H_
