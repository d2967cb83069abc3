// The judge: what the program under test wrote, and how it ended, has to fit
// what it did.
//
// Role: no crime, no report. A crime ends in a report whose first line fits,
//   and whose rest is complete; then in SIGABRT, or, where reports may be
//   survived, the program goes on. See docs/security.md.
// Takes from: record. Gives to: process_state.
#ifndef FUZZ_PROCESS_TRANSCRIPT_H_
#define FUZZ_PROCESS_TRANSCRIPT_H_

#include <string>
#include <string_view>

#include "fuzz/process/record.h"

namespace headroom {

// Empty, or which promise was broken. `status`: as waitpid gives it.
// `complains`: of the options, before all else.
std::string Judge(const Level& level, bool complains, std::string_view answers,
                  int status);

}  // namespace headroom

#endif  // FUZZ_PROCESS_TRANSCRIPT_H_
