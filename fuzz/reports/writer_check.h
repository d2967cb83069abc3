// A report writer over a buffer of any size, and what it has to write.
//
// Role: nothing is written beside the buffer, nothing before it is full or
//   flushed, nothing is cut off.
// Takes from: report_writer, stderr_file. Gives to: reports_operations.
#ifndef FUZZ_REPORTS_WRITER_CHECK_H_
#define FUZZ_REPORTS_WRITER_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "allocator/base/report_writer.h"
#include "fuzz/reports/stderr_file.h"

namespace headroom {

class WriterCheck {
 public:
  enum class Form : uint8_t { kText, kPiece, kHex, kDecimal };

  WriterCheck() { Begin(64); }

  // A new one. What the old one holds is lost.
  void Begin(size_t capacity);
  // As text, or as a number.
  void Write(Form form, const std::string& text, uint64_t number);
  // `full`: nobody takes it.
  void Flush(bool full);

 private:
  void Expect(std::string_view text);
  void Check() const;

  StderrFile file_;
  size_t capacity_ = 0;
  // Ends where its memory ends, for ASan.
  std::unique_ptr<char[]> buffer_;
  std::optional<ReportWriter> writer_;
  std::string pending_;
  std::string written_;
};

std::string Expression(WriterCheck::Form form);

}  // namespace headroom

#endif  // FUZZ_REPORTS_WRITER_CHECK_H_
