// A file that stands in for standard error for a while.
//
// Role: what a report writes itself can be read back. A sanitizer's own report
//   still goes where people see it.
// Takes from: memfd. Gives to: writer_check, reports_state.
#ifndef FUZZ_REPORTS_STDERR_FILE_H_
#define FUZZ_REPORTS_STDERR_FILE_H_

#include <string>

namespace headroom {

class StderrFile {
 public:
  StderrFile();
  ~StderrFile();
  StderrFile(const StderrFile&) = delete;
  StderrFile& operator=(const StderrFile&) = delete;

  // All that was written while it was in use.
  std::string text() const;

  // While it lives, standard error is this file; or, `full`, a file that takes
  // nothing.
  class Use {
   public:
    explicit Use(const StderrFile& file, bool full = false);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
  };

 private:
  const int file_;
};

}  // namespace headroom

#endif  // FUZZ_REPORTS_STDERR_FILE_H_
