#include "allocator/base/misuse.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace headroom {
namespace {

// A fixed line buffer: the report must not allocate.
class Line {
 public:
  void Append(const char* text) {
    const size_t n = strlen(text);
    const size_t room = sizeof(buffer_) - size_;
    const size_t take = n < room ? n : room;
    memcpy(buffer_ + size_, text, take);
    size_ += take;
  }
  void AppendHex(uintptr_t value) {
    char digits[2 * sizeof(value) + 3];
    char* out = digits + sizeof(digits);
    *--out = '\0';
    do {
      *--out = "0123456789abcdef"[value & 15];
      value >>= 4;
    } while (value != 0);
    *--out = 'x';
    *--out = '0';
    Append(out);
  }
  void WriteToStandardError() const {
    const char* from = buffer_;
    size_t left = size_;
    while (left > 0) {
      const ssize_t written = write(STDERR_FILENO, from, left);
      if (written <= 0) return;
      from += written;
      left -= static_cast<size_t>(written);
    }
  }

 private:
  char buffer_[256];
  size_t size_ = 0;
};

}  // namespace

const char* MisuseText(Misuse misuse) {
  switch (misuse) {
    case Misuse::kDoubleFree:
      return "double free: the block is already free";
    case Misuse::kInvalidFree:
      return "invalid free: not a live block of this heap";
    case Misuse::kMisalignedFree:
      return "invalid free: misaligned pointer";
    case Misuse::kInvalidRealloc:
      return "invalid realloc: not a live block of this heap";
    case Misuse::kInvalidUsableSize:
      return "invalid malloc_usable_size: not a live block of this heap";
    case Misuse::kCorruptFreeBlock:
      return "corrupt free block: its header was overwritten";
    case Misuse::kCorruptHeader:
      return "corrupt header: the block's header was overwritten";
    case Misuse::kLockOrder:
      return "internal error: lock taken out of rank order";
    case Misuse::kAllocationUnderLock:
      return "internal error: allocation while a lock of the heap is held";
    case Misuse::kInternal:
      return "internal error: heap metadata is damaged";
  }
  return "internal error: unknown report";
}

void ReportMisuse(Misuse misuse, const void* pointer) {
  Line line;
  line.Append("headroom: ");
  line.Append(MisuseText(misuse));
  line.Append(": pointer ");
  line.AppendHex(reinterpret_cast<uintptr_t>(pointer));
  line.Append("\n");
  line.WriteToStandardError();
  abort();
}

}  // namespace headroom
