// A stack as lines of a report.
//
// Role: "    #0 0x... /path/libfoo.so+0x1234 name" for each frame, names as
//   the linker knows them. No allocation, no lock; safe in a signal handler.
// Takes from: stack_trace, module_map, elf_symbols. Gives to: misuse_report.
#ifndef HEADROOM_ALLOCATOR_REPORT_STACK_LINES_H_
#define HEADROOM_ALLOCATOR_REPORT_STACK_LINES_H_

#include "allocator/base/report_writer.h"
#include "allocator/base/stack_trace.h"

namespace headroom {

// What the first frame is: all others are return addresses.
enum class FirstFrame { kReturnAddress, kInstruction };

// Leaves out the allocator's own frames at the top, where it can tell them:
// the program wants to see its own call first.
void WriteStack(const StackTrace& stack, FirstFrame first, ReportWriter& out);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_STACK_LINES_H_
