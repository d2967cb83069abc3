// What the heap says of itself has to be consistent.
//
// Takes from: the malloc the program is linked with. Gives to: main.
#ifndef FUZZ_PROCESS_PROGRAM_QUESTIONS_H_
#define FUZZ_PROCESS_PROGRAM_QUESTIONS_H_

#include "fuzz/process/program/blocks.h"
#include "fuzz/process/record.h"

namespace headroom {

void Ask(const Record& record, Blocks& blocks);

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_QUESTIONS_H_
