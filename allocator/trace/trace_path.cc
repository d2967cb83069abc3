#include "allocator/trace/trace_path.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace headroom {

void MakeTracePathAbsolute(Options& options, ReportWriter& complaints) {
  char* path = options.trace_path.text;
  if (options.trace == 0 || path[0] == '/') return;
  // The longest that the kernel tells.
  char directory[4096] = {};
  const long told = syscall(SYS_getcwd, directory, sizeof(directory));
  // One that was removed, or lies outside of the root, has no name.
  if (told <= 0 || directory[0] != '/') return;
  const size_t front = strlen(directory);
  const size_t bytes = front + 1 + options.trace;
  if (bytes > kMostPathBytes) {
    complaints.Text("headroom: HEADROOM_OPTIONS: 'trace=").Text(path);
    complaints.Text("' is ignored: with the current directory it has ");
    complaints.Decimal(bytes).Text(" bytes, at most ");
    complaints.Decimal(kMostPathBytes).Text(" can be\n");
    options.trace = 0;
    options.trace_path = {};
    return;
  }
  memmove(path + front + 1, path, options.trace);
  memcpy(path, directory, front + 1);
  path[front] = '/';
  options.trace = bytes;
}

}  // namespace headroom
