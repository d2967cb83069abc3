// Runs one program to its end, however it ends, and keeps what it wrote.
// Gives to: misuse_test.
#ifndef HEADROOM_TESTS_MISUSE_RUN_PROGRAM_H_
#define HEADROOM_TESTS_MISUSE_RUN_PROGRAM_H_

#include <string>
#include <vector>

namespace headroom {

struct Ended {
  int status = -1;  // As waitpid gives it.
  bool in_time = true;
  std::string out;
  std::string error;
};

// Runs `arguments` (the program's path first) with `environment` added to this
// process's. After a minute the program and its children are killed.
Ended RunProgram(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment);

// "status 0", "SIGSEGV (Segmentation fault)", "no end within a minute".
std::string HowItEnded(const Ended& ended);

}  // namespace headroom

#endif  // HEADROOM_TESTS_MISUSE_RUN_PROGRAM_H_
