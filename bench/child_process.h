// Runs one program to its end with a chosen malloc, and keeps what it wrote.
// Takes from: the operating system. Gives to: run_demo.
#ifndef BENCH_CHILD_PROCESS_H_
#define BENCH_CHILD_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace headroom {

// What `arguments` (the program's path first) writes to its standard output
// when LD_PRELOAD is `preload`, or is not set when that is empty. Standard
// error is the caller's. An error says in a sentence why the program did not
// start, or that it did not end with status 0.
absl::StatusOr<std::string> RunChild(const std::vector<std::string>& arguments,
                                     const std::string& preload);

}  // namespace headroom

#endif  // BENCH_CHILD_PROCESS_H_
