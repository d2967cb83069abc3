// A file read by system calls alone.
//
// Role: what a report and the first malloc may do with files: no allocation,
//   no stdio, no cancellation point. Changes errno.
//   MSan does not see what a raw call writes: buffers have to be initialised.
// Takes from: the kernel. Gives to: environment, report.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_RAW_FILE_H_
#define HEADROOM_ALLOCATOR_SYSTEM_RAW_FILE_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

class RawFile {
 public:
  explicit RawFile(const char* path);
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  // At most `bytes` bytes from where the last Read ended. 0: the end, or an
  // error.
  size_t Read(void* out, size_t bytes);
  // All of the bytes, or false.
  bool ReadAt(uint64_t offset, void* out, size_t bytes);

 private:
  const long descriptor_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_RAW_FILE_H_
