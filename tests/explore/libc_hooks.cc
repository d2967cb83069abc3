// Calls of libc that a run sees: copies, calls of the kernel for memory, the
// mutexes of test doubles, futexes.
//
// Role: the seam at the kernel. A test double's mutex makes what it protects
//   one step. Mappings without an address of their own lie where the last run
//   had them, so that a schedule repeats a run exactly.
// Takes from: scheduler. Gives to: the linker (see wrapped.bzl).
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

#include "tests/explore/fixed_memory.h"
#include "tests/explore/scheduler.h"

using headroom::explore::Scheduler;

namespace headroom::explore {
namespace {

constexpr uintptr_t kFirstMapping = 0x220000000000;
uintptr_t next_mapping = kFirstMapping;

uintptr_t At(const void* p) { return reinterpret_cast<uintptr_t>(p); }

#define PC At(__builtin_return_address(0))

void Touch(const void* p, size_t bytes, bool is_write, uintptr_t pc) {
  if (!Scheduler::IsActive() || bytes == 0) return;
  Scheduler::current->Plain(At(p), bytes, is_write, pc);
}

void NoteGone(void* start, size_t bytes, uintptr_t pc) {
  if (Scheduler::current == nullptr) return;
  Scheduler::current->Gone(At(start), bytes, pc);
}

}  // namespace

void ReuseMappings() { next_mapping = kFirstMapping; }

}  // namespace headroom::explore

using namespace headroom::explore;  // NOLINT: C functions, in no namespace

extern "C" {

void* __real_memcpy(void* to, const void* from, size_t bytes);
void* __real_memmove(void* to, const void* from, size_t bytes);
void* __real_memset(void* to, int value, size_t bytes);
void* __real_mmap(void* at, size_t bytes, int access, int flags, int fd,
                  off_t offset);
int __real_madvise(void* start, size_t bytes, int advice);
int __real_mprotect(void* start, size_t bytes, int access);
int __real_pthread_mutex_lock(pthread_mutex_t* mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t* mutex);
long __real_syscall(long number, long a, long b, long c, long d, long e,
                    long f);

void* __wrap_memcpy(void* to, const void* from, size_t bytes) {
  Touch(from, bytes, /*is_write=*/false, PC);
  Touch(to, bytes, /*is_write=*/true, PC);
  return __real_memcpy(to, from, bytes);
}
void* __wrap_memmove(void* to, const void* from, size_t bytes) {
  Touch(from, bytes, /*is_write=*/false, PC);
  Touch(to, bytes, /*is_write=*/true, PC);
  return __real_memmove(to, from, bytes);
}
void* __wrap_memset(void* to, int value, size_t bytes) {
  Touch(to, bytes, /*is_write=*/true, PC);
  return __real_memset(to, value, bytes);
}

void* __wrap_mmap(void* at, size_t bytes, int access, int flags, int fd,
                  off_t offset) {
  if (at == nullptr && (flags & MAP_NORESERVE) != 0) {
    at = reinterpret_cast<void*>(next_mapping);
    next_mapping += bytes;
    flags |= MAP_FIXED_NOREPLACE;
  }
  return __real_mmap(at, bytes, access, flags, fd, offset);
}

int __wrap_madvise(void* start, size_t bytes, int advice) {
  NoteGone(start, bytes, PC);
  return __real_madvise(start, bytes, advice);
}
int __wrap_mprotect(void* start, size_t bytes, int access) {
  NoteGone(start, bytes, PC);
  return __real_mprotect(start, bytes, access);
}

int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
  if (Scheduler::current != nullptr) {
    Scheduler::current->BeginStep(At(mutex), PC);
    return 0;
  }
  return __real_pthread_mutex_lock(mutex);
}
int __wrap_pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (Scheduler::current != nullptr) {
    Scheduler::current->EndStep();
    return 0;
  }
  return __real_pthread_mutex_unlock(mutex);
}

long __wrap_syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  const auto [a, b, c, d, e, f] = arguments;
  if (number != SYS_futex || !Scheduler::IsActive()) {
    return __real_syscall(number, a, b, c, d, e, f);
  }
  const auto word = static_cast<uintptr_t>(a);
  if ((b & FUTEX_CMD_MASK) == FUTEX_WAKE) {
    return Scheduler::current->Unpark(word, static_cast<int>(c), PC);
  }
  if (Scheduler::current->Park(word, static_cast<uint32_t>(c), PC)) return 0;
  errno = EAGAIN;
  return -1;
}

}  // extern "C"
