#include "allocator/system/real_os.h"

#include <sys/mman.h>
#include <unistd.h>

namespace headroom {
namespace {

void* Pointer(uintptr_t address) { return reinterpret_cast<void*>(address); }

uintptr_t MapAnonymous(uintptr_t hint, size_t bytes, int protection) {
  void* const result = mmap(Pointer(hint), bytes, protection,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return result == MAP_FAILED ? 0 : reinterpret_cast<uintptr_t>(result);
}

}  // namespace

uintptr_t RealOs::Sbrk(intptr_t increment) {
  return reinterpret_cast<uintptr_t>(sbrk(increment));
}

uintptr_t RealOs::Map(uintptr_t hint, size_t bytes) {
  return MapAnonymous(hint, bytes, PROT_READ | PROT_WRITE);
}

uintptr_t RealOs::Reserve(size_t bytes) {
  return MapAnonymous(0, bytes, PROT_NONE);
}

bool RealOs::Unmap(uintptr_t start, size_t bytes) {
  return munmap(Pointer(start), bytes) == 0;
}

bool RealOs::Remap(uintptr_t start, size_t old_bytes, size_t new_bytes,
                   uintptr_t target) {
  const int flags = target == 0 ? 0 : MREMAP_MAYMOVE | MREMAP_FIXED;
  return mremap(Pointer(start), old_bytes, new_bytes, flags, Pointer(target)) !=
         MAP_FAILED;
}

bool RealOs::Decommit(uintptr_t start, size_t bytes) {
  return madvise(Pointer(start), bytes, MADV_DONTNEED) == 0;
}

}  // namespace headroom
