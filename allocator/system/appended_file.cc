#include "allocator/system/appended_file.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace headroom {

AppendedFile::~AppendedFile() {
  if (descriptor_ >= 0) syscall(SYS_close, descriptor_);
}

bool AppendedFile::Open(const char* path, How how) {
  constexpr int kFlags =
      O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
  constexpr int kOwners = 0600;
  descriptor_ =
      syscall(SYS_openat, AT_FDCWD, path,
              how == kNew ? kFlags | O_CREAT | O_EXCL : kFlags, kOwners);
  return descriptor_ >= 0;
}

bool AppendedFile::Write(const void* from, size_t bytes) {
  const auto* rest = static_cast<const char*>(from);
  while (bytes > 0) {
    const long put = syscall(SYS_write, descriptor_, rest, bytes);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    rest += put;
    bytes -= static_cast<size_t>(put);
  }
  return true;
}

}  // namespace headroom
