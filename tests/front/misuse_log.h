// Reports that a test looks at, and that let it go on.
//
// Role: the listener of a test's process. Off until a test turns it on: then
//   every report is noted, and bad calls are survived.
// Takes from: base. Not thread-safe.
#ifndef HEADROOM_TESTS_FRONT_MISUSE_LOG_H_
#define HEADROOM_TESTS_FRONT_MISUSE_LOG_H_

#include <cstddef>
#include <string>

#include "allocator/base/misuse.h"

namespace headroom {

// While one is alive, misuse is survived.
class MisuseLog {
 public:
  MisuseLog();
  ~MisuseLog();
  MisuseLog(const MisuseLog&) = delete;
  MisuseLog& operator=(const MisuseLog&) = delete;

  // How many reports there were since the last call of this or of Take.
  size_t Count();
  // The text of the only report since the last call, "" when there was none;
  // "N reports" when there were more.
  std::string Take();
  // The pointer of the last report.
  const void* pointer() const;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_FRONT_MISUSE_LOG_H_
