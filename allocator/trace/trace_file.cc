#include "allocator/trace/trace_file.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "allocator/base/report_writer.h"
#include "allocator/trace/trace_format.h"

namespace headroom {

TraceFile::Name TraceFile::ChosenName() const {
  Name name = {};
  const size_t bytes = strnlen(path_, kMostPathBytes);
  memcpy(name.text, path_, bytes);
  char* end = name.text + bytes;
  char* const limit = name.text + sizeof(name.text) - 1;
  const auto add = [&](long number) {
    *end++ = '.';
    end = std::to_chars(end, limit, number).ptr;
  };
  // Asked for anew: an exec keeps it, a fork does not.
  if (has_number_) add(syscall(SYS_getpid));
  if (place_ > 1) add(place_);
  return name;
}

bool TraceFile::Make(AppendedFile& file) {
  place_ = 1;
  while (!file.Open(ChosenName().text, AppendedFile::kNew)) {
    if (errno != EEXIST || place_ == kMostOfOnePid) return false;
    if (has_number_) ++place_;
    has_number_ = true;
  }
  made_ = true;
  return file.Write(kRecordedMagic, sizeof(kRecordedMagic));
}

void TraceFile::Complain(int error) const {
  char buffer[1024] = {};
  ReportWriter writer(buffer, sizeof(buffer));
  writer.Text("headroom: trace: cannot write ").Text(ChosenName().text);
  writer.Text(": errno ").Decimal(static_cast<uint64_t>(error));
  writer.Text("; the trace ends here\n").Flush();
}

bool TraceFile::Append(uint64_t thread, const unsigned char* records,
                       size_t bytes) {
  unsigned char head[2 * kMostVarintBytes];
  const unsigned char* head_end = PutVarint(PutVarint(head, thread), bytes);
  AppendedFile file;
  const bool open =
      made_ ? file.Open(ChosenName().text, AppendedFile::kOld) : Make(file);
  if (open && file.Write(head, static_cast<size_t>(head_end - head)) &&
      file.Write(records, bytes)) {
    return true;
  }
  Complain(errno);
  return false;
}

}  // namespace headroom
