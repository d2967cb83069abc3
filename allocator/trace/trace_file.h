// The file that a process's trace goes to.
//
// Role: chooses a name that nobody has, and writes chunks behind each other.
//   Open for no longer than a write takes: programs close what they do not
//   know. PATH for the first process, PATH.PID for those that come after,
//   PATH.PID.2 and so on when one becomes another program by exec.
// Takes from: appended_file. Gives to: trace_recorder, whose lock protects it.
#ifndef HEADROOM_ALLOCATOR_TRACE_TRACE_FILE_H_
#define HEADROOM_ALLOCATOR_TRACE_TRACE_FILE_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/options.h"
#include "allocator/system/appended_file.h"

namespace headroom {

class TraceFile {
 public:
  // `path` outlives this, and starts with / unless nobody knows where we are.
  void SetPath(const char* path) { path_ = path; }

  // A chunk of one thread's records. False after a line on standard error: the
  // kernel refused. Changes errno.
  bool Append(uint64_t thread, const unsigned char* records, size_t bytes);

  void Complain(int error) const;

  // In a forked child: the file is the parent's, and the child's has a number.
  void BecomeChild() {
    made_ = false;
    has_number_ = true;
  }

 private:
  static constexpr uint32_t kMostOfOnePid = 1000;

  struct Name {
    char text[kMostPathBytes + 48];
  };

  Name ChosenName() const;
  bool Make(AppendedFile& file);

  const char* path_ = nullptr;
  bool made_ = false;
  bool has_number_ = false;
  uint32_t place_ = 1;  // among the names of this process
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_TRACE_TRACE_FILE_H_
