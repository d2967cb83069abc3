// Crimes against the heap, each told before it is committed.
//
// Role: says which reports fit and whether one has to come, then does it, here
//   or in a child. What a survivor damaged leaves the model.
// Takes from: blocks, calls. Gives to: main. The judge is transcript.
#ifndef FUZZ_PROCESS_PROGRAM_CRIMES_H_
#define FUZZ_PROCESS_PROGRAM_CRIMES_H_

#include "fuzz/process/program/blocks.h"
#include "fuzz/process/record.h"

namespace headroom {

// `hook`: what the reports' hook does at present. Nothing happens where there
// is no occasion for the crime.
void Commit(const Record& record, const Level& level, HookKind hook,
            Blocks& blocks);

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_CRIMES_H_
