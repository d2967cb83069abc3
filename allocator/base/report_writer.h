// Builds the text of a report in a fixed buffer and writes it in one piece.
//
// Role: what a report needs of stdio, without stdio: text, hex, decimal. No
//   allocation, no lock; safe in a signal handler. Not a cancellation point.
// Takes from: the write system call. Gives to: misuse, report.
// Invariant: nothing is cut off; a full buffer is written out and begun anew.
#ifndef HEADROOM_ALLOCATOR_BASE_REPORT_WRITER_H_
#define HEADROOM_ALLOCATOR_BASE_REPORT_WRITER_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

class ReportWriter {
 public:
  // Standard error. `capacity` is not 0; nothing is written before Flush while
  // the text fits.
  ReportWriter(char* buffer, size_t capacity)
      : buffer_(buffer), capacity_(capacity) {}
  ReportWriter(const ReportWriter&) = delete;
  ReportWriter& operator=(const ReportWriter&) = delete;

  ReportWriter& Text(const char* text);
  ReportWriter& Text(const char* text, size_t bytes);
  // With 0x, without leading zeros.
  ReportWriter& Hex(uintptr_t value);
  ReportWriter& Hex(const void* pointer) {
    return Hex(reinterpret_cast<uintptr_t>(pointer));
  }
  ReportWriter& Decimal(uint64_t value);

  // Bytes that wait for Flush.
  size_t size() const { return size_; }

  // Changes errno. What the kernel refuses is lost; a full pipe that blocks is
  // waited for, as by any write.
  void Flush();

 private:
  char* const buffer_;
  const size_t capacity_;
  size_t size_ = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_REPORT_WRITER_H_
