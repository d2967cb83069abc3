#include "allocator/system/read_only.h"

#include <sys/mman.h>

#include <cerrno>

namespace headroom {

bool MakeReadOnly(void* start, size_t bytes) {
  const int saved_errno = errno;
  const bool ok = mprotect(start, bytes, PROT_READ) == 0;
  errno = saved_errno;
  return ok;
}

}  // namespace headroom
