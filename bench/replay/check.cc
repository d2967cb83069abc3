#include "bench/replay/check.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace headroom::replay {
namespace {

std::string LiveBytesDiffer(size_t thread, absl::string_view when, int64_t is,
                            int64_t was) {
  return absl::StrCat("thread ", thread, " holds ", is, " bytes ", when,
                      "; recorded were ", was);
}

std::string FindDifferenceOf(size_t thread, const ThreadTotals& was,
                             const ThreadTotals& is) {
  if (is.live_bytes_on_the_way.size() != was.live_bytes_on_the_way.size()) {
    return absl::StrCat("thread ", thread,
                        " did another number of operations than was recorded");
  }
  for (size_t i = 0; i < is.live_bytes_on_the_way.size(); ++i) {
    const int64_t now = is.live_bytes_on_the_way[i];
    if (now == was.live_bytes_on_the_way[i]) continue;
    const std::string when = absl::StrCat(
        "after ", (i + 1) * ThreadTotals::kOperationsBetween, " operations");
    return LiveBytesDiffer(thread, when, now, was.live_bytes_on_the_way[i]);
  }
  if (is.live_bytes != was.live_bytes) {
    return LiveBytesDiffer(thread, "at the end", is.live_bytes, was.live_bytes);
  }
  if (is.order != was.order) {
    return absl::StrCat("thread ", thread,
                        " did not do what was recorded in the order in which "
                        "it was recorded");
  }
  return "";
}

}  // namespace

std::string FindDifference(const Trace& trace,
                           const std::vector<ThreadTotals>& done) {
  int64_t live_bytes = 0;
  for (size_t i = 0; i < done.size(); ++i) {
    std::string difference =
        FindDifferenceOf(i, trace.threads[i].totals, done[i]);
    if (!difference.empty()) return difference;
    live_bytes += done[i].live_bytes;
  }
  if (live_bytes != static_cast<int64_t>(trace.live_bytes)) {
    return absl::StrCat("at the end ", live_bytes,
                        " bytes are live; recorded were ", trace.live_bytes);
  }
  return "";
}

}  // namespace headroom::replay
