#include "allocator/system/environment.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <cstring>

#include "allocator/system/errno_guard.h"
#include "allocator/system/raw_file.h"

namespace headroom {
namespace {

// Recognises "NAME=value\0" in bytes that come one by one.
class Matcher {
 public:
  Matcher(const char* name, char* out, size_t capacity)
      : name_(name), out_(out), capacity_(capacity) {}

  // True: the variable was found, and this byte ended it.
  bool Take(char byte) {
    switch (state_) {
      case kName:
        if (byte == '=' && name_[matched_] == '\0') {
          state_ = kValue;
          return false;
        }
        if (byte != '\0' && byte == name_[matched_]) {
          ++matched_;
          return false;
        }
        state_ = kOther;
        [[fallthrough]];
      case kOther:
        if (byte == '\0') {
          state_ = kName;
          matched_ = 0;
        }
        return false;
      case kValue:
        if (byte == '\0') return true;
        if (size_ < capacity_) out_[size_++] = byte;
        return false;
    }
    return false;
  }
  size_t size() const { return size_; }

 private:
  enum State { kName, kOther, kValue };

  const char* const name_;
  char* const out_;
  const size_t capacity_;
  State state_ = kName;
  size_t matched_ = 0;
  size_t size_ = 0;
};

}  // namespace

namespace internal_environment {

size_t ReadFromLibc(char* const* environment, const char* name, char* out,
                    size_t capacity) {
  const size_t name_bytes = strlen(name);
  for (; *environment != nullptr; ++environment) {
    const char* entry = *environment;
    if (strncmp(entry, name, name_bytes) != 0 || entry[name_bytes] != '=') {
      continue;
    }
    const char* value = entry + name_bytes + 1;
    const size_t size = strnlen(value, capacity);
    memcpy(out, value, size);
    return size;
  }
  return 0;
}

size_t ReadFromKernel(const char* name, char* out, size_t capacity) {
  RawFile file("/proc/self/environ");
  Matcher matcher(name, out, capacity);
  char buffer[512] = {};
  for (;;) {
    const size_t got = file.Read(buffer, sizeof(buffer));
    if (got == 0) return matcher.size();
    for (size_t i = 0; i < got; ++i) {
      if (matcher.Take(buffer[i])) return matcher.size();
    }
  }
}

}  // namespace internal_environment

size_t ReadEnvironment(const char* name, char* out, size_t capacity) {
  const ErrnoGuard errno_guard;
  if (getauxval(AT_SECURE) != 0) return 0;
  if (environ != nullptr) {
    return internal_environment::ReadFromLibc(environ, name, out, capacity);
  }
  return internal_environment::ReadFromKernel(name, out, capacity);
}

}  // namespace headroom
