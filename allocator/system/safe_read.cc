#include "allocator/system/safe_read.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "allocator/base/memory_checker.h"
#include "allocator/system/errno_guard.h"

namespace headroom {
namespace {

constexpr uintptr_t kKernelPage = 4096;
constexpr size_t kWord = 8;  // what the kernel reads of a signal set

// The kernel reads the set before it finds that there is no such operation.
bool IsReadable(uintptr_t word) {
  return syscall(SYS_rt_sigprocmask, -1, word, nullptr, kWord) == 0 ||
         errno != EFAULT;
}

}  // namespace

namespace internal_safe_read {

bool AskAndCopy(uintptr_t from, void* out, size_t bytes) {
  // The first page holds null, which the kernel takes for no set at all.
  if (from < kKernelPage || from + bytes < from) return false;
  for (uintptr_t at = from & ~(kKernelPage - 1); at < from + bytes;
       at += kKernelPage) {
    if (!IsReadable(at)) return false;
  }
  // Perhaps closed to others.
  for (size_t i = 0; i < bytes; ++i) {
    static_cast<char*>(out)[i] =
        MemoryChecker::Load<char>(reinterpret_cast<const char*>(from) + i);
  }
  return true;
}

}  // namespace internal_safe_read

bool SafeRead(uintptr_t from, void* out, size_t bytes) {
  const ErrnoGuard errno_guard;
  if (from + bytes < from) return false;
  const iovec local = {out, bytes};
  const iovec remote = {reinterpret_cast<void*>(from), bytes};
  const long got =
      syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
  if (got >= 0) return static_cast<size_t>(got) == bytes;
  return errno != EFAULT && internal_safe_read::AskAndCopy(from, out, bytes);
}

}  // namespace headroom
