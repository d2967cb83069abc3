// A path that means the same file wherever the program goes.
//
// Takes from: options. Gives to: the composition root. No allocation.
#ifndef HEADROOM_ALLOCATOR_TRACE_TRACE_PATH_H_
#define HEADROOM_ALLOCATOR_TRACE_TRACE_PATH_H_

#include "allocator/base/options.h"
#include "allocator/base/report_writer.h"

namespace headroom {

// Puts the current directory in front of the trace's path, if there is one that
// does not start with /. What gets too long costs a sentence, and there is no
// trace. Changes errno.
void MakeTracePathAbsolute(Options& options, ReportWriter& complaints);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_TRACE_TRACE_PATH_H_
