#include "fuzz/reports/writer_check.h"

#include <sstream>

#include "fuzz/engine/require.h"

namespace headroom {

void WriterCheck::Begin(size_t capacity) {
  capacity_ = capacity;
  buffer_ = std::make_unique<char[]>(capacity);
  writer_.emplace(buffer_.get(), capacity);
  pending_.clear();
}

void WriterCheck::Write(Form form, const std::string& text, uint64_t number) {
  std::ostringstream expected;
  {
    const StderrFile::Use use(file_);
    switch (form) {
      case Form::kText:
        writer_->Text(text.c_str());
        expected << text.c_str();
        break;
      case Form::kPiece:
        writer_->Text(text.data(), text.size());
        expected << text;
        break;
      case Form::kHex:
        writer_->Hex(number);
        expected << "0x" << std::hex << number;
        break;
      case Form::kDecimal:
        writer_->Decimal(number);
        expected << number;
    }
  }
  Expect(expected.str());
  Check();
}

// Written out when there is no room for the next one.
void WriterCheck::Expect(std::string_view text) {
  for (const char c : text) {
    if (pending_.size() == capacity_) {
      written_ += pending_;
      pending_.clear();
    }
    pending_ += c;
  }
}

void WriterCheck::Flush(bool full) {
  {
    const StderrFile::Use use(file_, full);
    writer_->Flush();
  }
  if (!full) written_ += pending_;
  pending_.clear();
  Check();
}

void WriterCheck::Check() const {
  Require(file_.text() == written_, "a full buffer is written out, no other");
  Require(pending_ == std::string_view(buffer_.get(), pending_.size()),
          "the rest waits in the buffer");
}

std::string Expression(WriterCheck::Form form) {
  constexpr const char* kNames[] = {"kText", "kPiece", "kHex", "kDecimal"};
  return std::string("WriterCheck::Form::") + kNames[static_cast<int>(form)];
}

}  // namespace headroom
