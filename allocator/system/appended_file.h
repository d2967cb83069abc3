// A file that is written at its end, by system calls alone.
//
// Role: what may be done with files in the middle of a malloc: no allocation,
//   no stdio, no cancellation point. Changes errno.
// Takes from: the kernel. Gives to: trace.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_APPENDED_FILE_H_
#define HEADROOM_ALLOCATOR_SYSTEM_APPENDED_FILE_H_

#include <cstddef>

namespace headroom {

class AppendedFile {
 public:
  enum How : unsigned char {
    kNew,  // errno EEXIST when there is one
    kOld,
  };

  AppendedFile() = default;
  ~AppendedFile();
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;

  // Once. False with errno. A link is not followed; a new file is its owner's
  // alone.
  bool Open(const char* path, How how);
  // All of the bytes, or false with errno.
  bool Write(const void* from, size_t bytes);

 private:
  long descriptor_ = -1;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_APPENDED_FILE_H_
