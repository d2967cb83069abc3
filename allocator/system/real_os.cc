#include "allocator/system/real_os.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace headroom {
namespace {

void* Pointer(uintptr_t address) { return reinterpret_cast<void*>(address); }

uintptr_t AddressOrZero(void* mapped) {
  return mapped == MAP_FAILED ? 0 : reinterpret_cast<uintptr_t>(mapped);
}

}  // namespace

uintptr_t RealOs::Sbrk(intptr_t increment) {
  return reinterpret_cast<uintptr_t>(sbrk(increment));
}

uintptr_t RealOs::KernelBreak() {
  // brk(0) always fails, and answers with the break as it is.
  return static_cast<uintptr_t>(syscall(SYS_brk, 0));
}

uintptr_t RealOs::Map(size_t bytes) {
  return AddressOrZero(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

// One place at which munmap can fail, for whoever has to let it.
[[gnu::noinline]] bool RealOs::Unmap(uintptr_t start, size_t bytes) {
  return munmap(Pointer(start), bytes) == 0;
}

uintptr_t RealOs::Remap(uintptr_t start, size_t old_bytes, size_t new_bytes) {
  return AddressOrZero(
      mremap(Pointer(start), old_bytes, new_bytes, MREMAP_MAYMOVE));
}

uintptr_t RealOs::Move(uintptr_t start, size_t old_bytes, size_t new_bytes,
                       uintptr_t target) {
  // mremap replaces whatever it finds, so the place must be ours first.
  const uintptr_t ours = AddressOrZero(
      mmap(Pointer(target), new_bytes, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
           -1, 0));
  if (ours == 0) return 0;
  // A kernel before 4.17 may put it elsewhere.
  const uintptr_t moved =
      ours != target ? 0
                     : AddressOrZero(mremap(
                           Pointer(start), old_bytes, new_bytes,
                           MREMAP_MAYMOVE | MREMAP_FIXED, Pointer(target)));
  if (moved == 0) Unmap(ours, new_bytes);
  return moved;
}

bool RealOs::Decommit(uintptr_t start, size_t bytes) {
  return madvise(Pointer(start), bytes, MADV_DONTNEED) == 0;
}

bool RealOs::Protect(uintptr_t start, size_t bytes, bool accessible) {
  return mprotect(Pointer(start), bytes,
                  accessible ? PROT_READ | PROT_WRITE : PROT_NONE) == 0;
}

}  // namespace headroom
