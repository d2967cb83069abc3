// Runs the program under test once, and keeps what it wrote.
//
// Takes from: record. Gives to: process_state.
#ifndef FUZZ_PROCESS_CHILD_H_
#define FUZZ_PROCESS_CHILD_H_

#include <string>

#include "fuzz/process/record.h"

namespace headroom {

struct ChildRun {
  int status = -1;  // as waitpid gives it
  bool in_time = true;
  std::string answers;  // all of standard error
};

// `options`: its HEADROOM_OPTIONS; `early`: its argument. After half a minute
// it is killed.
ChildRun RunChild(const Orders& orders, const std::string& options,
                  const std::string& early);

}  // namespace headroom

#endif  // FUZZ_PROCESS_CHILD_H_
