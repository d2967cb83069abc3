#include "allocator/base/report_writer.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace headroom {

ReportWriter& ReportWriter::Text(const char* text) {
  return Text(text, strlen(text));
}

ReportWriter& ReportWriter::Text(const char* text, size_t bytes) {
  while (bytes > 0) {
    if (size_ == capacity_) Flush();
    const size_t take = std::min(bytes, capacity_ - size_);
    memcpy(buffer_ + size_, text, take);
    size_ += take;
    text += take;
    bytes -= take;
  }
  return *this;
}

ReportWriter& ReportWriter::Hex(uintptr_t value) {
  char digits[2 * sizeof(value) + 2];
  char* out = digits + sizeof(digits);
  do {
    *--out = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value != 0);
  *--out = 'x';
  *--out = '0';
  return Text(out, static_cast<size_t>(digits + sizeof(digits) - out));
}

ReportWriter& ReportWriter::Decimal(uint64_t value) {
  char digits[20];
  char* out = digits + sizeof(digits);
  do {
    *--out = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return Text(out, static_cast<size_t>(digits + sizeof(digits) - out));
}

void ReportWriter::Flush() {
  const char* from = buffer_;
  while (size_ > 0) {
    const long written = syscall(SYS_write, STDERR_FILENO, from, size_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    from += written;
    size_ -= static_cast<size_t>(written);
  }
  size_ = 0;
}

}  // namespace headroom
