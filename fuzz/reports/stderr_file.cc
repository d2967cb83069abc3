#include "fuzz/reports/stderr_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "fuzz/engine/require.h"

// Where there is a sanitizer: it writes to this descriptor from then on.
extern "C" [[gnu::weak]] void __sanitizer_set_report_fd(void* descriptor);

namespace headroom {
namespace {

// The process's own, for as long as it lives.
int OwnStderr() {
  static const int own = [] {
    const int copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (__sanitizer_set_report_fd != nullptr) {
      __sanitizer_set_report_fd(
          reinterpret_cast<void*>(static_cast<intptr_t>(copy)));
    }
    return copy;
  }();
  return own;
}

int FullFile() {
  static const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  return full;
}

}  // namespace

StderrFile::StderrFile() : file_(memfd_create("stderr", MFD_CLOEXEC)) {
  Require(file_ >= 0, "the fuzzer's own memfd works");
  OwnStderr();
}

StderrFile::~StderrFile() { close(file_); }

std::string StderrFile::text() const {
  const off_t size = lseek(file_, 0, SEEK_END);
  std::string text(static_cast<size_t>(size), '\0');
  Require(pread(file_, text.data(), text.size(), 0) == size,
          "the fuzzer's own file can be read");
  return text;
}

StderrFile::Use::Use(const StderrFile& file, bool full) {
  dup2(full ? FullFile() : file.file_, STDERR_FILENO);
}

StderrFile::Use::~Use() {
  // Closed from the beginning, it is closed again.
  if (dup2(OwnStderr(), STDERR_FILENO) < 0) close(STDERR_FILENO);
}

}  // namespace headroom
