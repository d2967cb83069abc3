// Stands in for the calls of libc that libheadroom.so makes, and fails those
// that the test has chosen.
//
// Role: preloaded before libheadroom.so, whose calls it sees by their return
//   addresses; everybody else's go through. Works before libc has started.
// Takes from: fault_channel, libc. Gives to: process_faults_test.
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>

#include "tests/faults/fault_channel.h"

extern "C" {
void* __sbrk(intptr_t increment);
int __sigaction(int signal, const struct sigaction* action,
                struct sigaction* old);
int __pthread_key_create(pthread_key_t* key, void (*destructor)(void*));
unsigned long __getauxval(unsigned long type);
}

namespace headroom {
namespace {

long RawSyscall(long number, long a = 0, long b = 0, long c = 0, long d = 0,
                long e = 0, long f = 0) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                     "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

// As libc's wrappers answer.
long Answer(long result) {
  if (result < 0 && result > -4096) {
    errno = static_cast<int>(-result);
    return -1;
  }
  return result;
}

FaultChannel* Channel() {
  static constinit FaultChannel* channel = nullptr;
  if (channel == nullptr) channel = OpenFaultChannel();
  return channel;
}

void NoteSite(FaultChannel& channel, LibcCall call, uintptr_t offset) {
  for (FaultChannel::Site& site : channel.failed_sites) {
    uintptr_t free = 0;
    if (site.return_offset == offset ||
        site.return_offset.compare_exchange_strong(free, offset)) {
      site.call = static_cast<int>(call);
      return;
    }
  }
}

bool IsChosen(const FaultChannel& channel, uint64_t number) {
  if (channel.first == 0 || number < channel.first) return false;
  const uint64_t behind = number - channel.first;
  return behind == 0 || channel.for_ever ||
         (channel.distance != 0 && behind == channel.distance);
}

// Whether `call`, which returns to `caller`, fails.
bool Fails(LibcCall call, void* caller) {
  FaultChannel* channel = Channel();
  dl_find_object object;
  if (channel == nullptr || _dl_find_object(caller, &object) != 0) return false;
  const bool ours =
      strstr(object.dlfo_link_map->l_name, "libheadroom.so") != nullptr;
  if (!ours && call != LibcCall::kPthreadCreate) return false;
  ++channel->calls_of[static_cast<int>(call)];
  if ((channel->kinds >> static_cast<int>(call) & 1) == 0) return false;
  if (!IsChosen(*channel, ++channel->calls)) return false;
  ++channel->failures;
  ++channel->failures_of[static_cast<int>(call)];
  if (ours) {
    NoteSite(*channel, call,
             reinterpret_cast<uintptr_t>(caller) -
                 reinterpret_cast<uintptr_t>(object.dlfo_map_start));
  }
  return true;
}

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

long Pointer(const volatile void* pointer) {
  return reinterpret_cast<long>(pointer);
}

}  // namespace
}  // namespace headroom

using headroom::Answer;
using headroom::Fails;
using headroom::LibcCall;
using headroom::Pointer;
using headroom::RawSyscall;

#define FAILS(call) Fails(LibcCall::call, __builtin_return_address(0))

extern "C" {

void* sbrk(intptr_t increment) noexcept {
  if (!FAILS(kSbrk)) return __sbrk(increment);
  errno = ENOMEM;
  return reinterpret_cast<void*>(-1);
}

void* mmap(void* at, size_t bytes, int access, int flags, int descriptor,
           off_t offset) noexcept {
  const long result =
      FAILS(kMmap) ? -ENOMEM
                   : RawSyscall(SYS_mmap, Pointer(at), static_cast<long>(bytes),
                                access, flags, descriptor, offset);
  return reinterpret_cast<void*>(Answer(result));
}

int munmap(void* start, size_t bytes) noexcept {
  return static_cast<int>(Answer(
      FAILS(kMunmap)
          ? -ENOMEM
          : RawSyscall(SYS_munmap, Pointer(start), static_cast<long>(bytes))));
}

void* mremap(void* start, size_t old_bytes, size_t bytes, int flags,
             ...) noexcept {
  void* target = nullptr;
  if ((flags & MREMAP_FIXED) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    target = va_arg(arguments, void*);
    va_end(arguments);
  }
  const long result =
      FAILS(kMremap)
          ? -ENOMEM
          : RawSyscall(SYS_mremap, Pointer(start), static_cast<long>(old_bytes),
                       static_cast<long>(bytes), flags, Pointer(target));
  return reinterpret_cast<void*>(Answer(result));
}

int madvise(void* start, size_t bytes, int advice) noexcept {
  return static_cast<int>(
      Answer(FAILS(kMadvise) ? -ENOMEM
                             : RawSyscall(SYS_madvise, Pointer(start),
                                          static_cast<long>(bytes), advice)));
}

int mprotect(void* start, size_t bytes, int access) noexcept {
  return static_cast<int>(
      Answer(FAILS(kMprotect) ? -ENOMEM
                              : RawSyscall(SYS_mprotect, Pointer(start),
                                           static_cast<long>(bytes), access)));
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  return static_cast<int>(
      Answer(FAILS(kClockGettime)
                 ? -EINVAL
                 : RawSyscall(SYS_clock_gettime, clock, Pointer(now))));
}

unsigned long getauxval(unsigned long type) noexcept {
  if (!FAILS(kGetauxval)) return __getauxval(type);
  errno = ENOENT;
  return 0;
}

int sigaction(int signal, const struct sigaction* action,
              struct sigaction* old) noexcept {
  if (!FAILS(kSigaction)) return __sigaction(signal, action, old);
  errno = ENOSYS;
  return -1;
}

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) noexcept {
  return FAILS(kKeyCreate) ? EAGAIN : __pthread_key_create(key, destructor);
}

int pthread_setspecific(pthread_key_t key, const void* value) noexcept {
  if (FAILS(kSetSpecific)) {
    errno = ENOMEM;  // as the calloc in it leaves it
    return ENOMEM;
  }
  return headroom::Next<int (*)(pthread_key_t, const void*)>(
      "pthread_setspecific")(key, value);
}

int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(),
                      void* object) noexcept {
  if (FAILS(kRegisterAtfork)) {
    errno = ENOMEM;
    return ENOMEM;
  }
  return headroom::Next<int (*)(void (*)(), void (*)(), void (*)(), void*)>(
      "__register_atfork")(prepare, parent, child, object);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*start)(void*), void* argument) noexcept {
  if (FAILS(kPthreadCreate)) return EAGAIN;
  return headroom::Next<int (*)(pthread_t*, const pthread_attr_t*,
                                void* (*)(void*), void*)>("pthread_create")(
      thread, attributes, start, argument);
}

long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  int error = 0;
  switch (number) {
    case SYS_brk:
      error = FAILS(kBrk) ? ENOSYS : 0;
      break;
    case SYS_getrandom:
      error = FAILS(kGetrandom) ? ENOSYS : 0;
      break;
    case SYS_openat:
      error = FAILS(kOpen) ? EMFILE : 0;
      break;
    case SYS_read:
    case SYS_pread64:
      error = FAILS(kRead) ? EIO : 0;
      break;
    default:
      break;
  }
  return Answer(error != 0
                    ? -error
                    : RawSyscall(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

}  // extern "C"
