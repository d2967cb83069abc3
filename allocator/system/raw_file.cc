#include "allocator/system/raw_file.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace headroom {

// Nonblocking: a name may stand for a pipe by now.
RawFile::RawFile(const char* path)
    : descriptor_(syscall(SYS_openat, AT_FDCWD, path,
                          O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}

RawFile::~RawFile() {
  if (is_open()) syscall(SYS_close, descriptor_);
}

size_t RawFile::Read(void* out, size_t bytes) {
  for (;;) {
    const long got = syscall(SYS_read, descriptor_, out, bytes);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return 0;
  }
}

bool RawFile::ReadAt(uint64_t offset, void* out, size_t bytes) {
  auto* to = static_cast<char*>(out);
  while (bytes > 0) {
    const long got = syscall(SYS_pread64, descriptor_, to, bytes, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    offset += static_cast<uint64_t>(got);
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

}  // namespace headroom
