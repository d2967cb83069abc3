#include "bench/replay/print.h"

#include "absl/strings/str_cat.h"

namespace headroom::replay {
namespace {

void AddOperation(const Operation& operation, std::string& out) {
  const std::string ended =
      absl::StrCat(operation.ended.thread, ".", operation.ended.index);
  switch (operation.call) {
    case TracedCall::kMalloc:
      absl::StrAppend(&out, "  malloc ", operation.bytes, "\n");
      break;
    case TracedCall::kCalloc:
      absl::StrAppend(&out, "  calloc ", operation.bytes, "\n");
      break;
    case TracedCall::kAligned:
      absl::StrAppend(&out, "  aligned ",
                      uint64_t{1} << operation.alignment_log2, " ",
                      operation.bytes, "\n");
      break;
    case TracedCall::kRealloc:
      absl::StrAppend(&out, "  realloc ", ended, " ", operation.bytes, "\n");
      break;
    case TracedCall::kFree:
      absl::StrAppend(&out, "  free ", ended, "\n");
      break;
  }
}

}  // namespace

std::string TraceText(const Trace& trace) {
  std::string out = absl::StrCat("threads ", trace.threads.size(), ", at most ",
                                 trace.peak_live_bytes, " bytes live, ",
                                 trace.live_bytes, " at the end\n");
  for (size_t i = 0; i < trace.threads.size(); ++i) {
    const ThreadTrace& thread = trace.threads[i];
    absl::StrAppend(&out, "thread ", i);
    for (const Progress& progress : thread.born_after) {
      absl::StrAppend(&out, " after ", progress.operations, " of thread ",
                      progress.thread);
    }
    absl::StrAppend(&out, "\n");
    for (const Operation& operation : thread.operations) {
      AddOperation(operation, out);
    }
  }
  return out;
}

}  // namespace headroom::replay
