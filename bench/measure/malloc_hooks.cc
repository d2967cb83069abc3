#include "bench/measure/malloc_hooks.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/measure/ticks.h"

namespace headroom {
namespace {

template <typename Function>
void Find(const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

MallocHooks::MallocHooks() {
  Find("headroom_reset_measures", reset_);
  Find("headroom_write_measures", write_);
  Find("headroom_hold_central_lock", hold_);
  if (write_ != nullptr) file_ = memfd_create("measures", MFD_CLOEXEC);
}

MallocHooks::~MallocHooks() {
  if (file_ >= 0) close(file_);
}

void MallocHooks::Reset() {
  if (reset_ != nullptr) reset_();
}

void MallocHooks::Write() {
  if (file_ >= 0) write_(file_);
}

bool MallocHooks::HoldCentralLock(size_t bytes, unsigned microseconds) {
  if (hold_ == nullptr) return false;
  const int64_t before = NowNs();
  hold_(bytes, microseconds);
  return NowNs() - before >= int64_t{microseconds} * 1000;
}

std::string MallocHooks::Measures() const {
  std::string text;
  if (file_ < 0) return text;
  char part[4096];
  ssize_t bytes;
  while ((bytes = pread(file_, part, sizeof(part),
                        static_cast<off_t>(text.size()))) > 0) {
    text.append(part, static_cast<size_t>(bytes));
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace headroom
