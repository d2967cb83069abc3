#include "allocator/system/random.h"

#include <linux/random.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "allocator/system/errno_guard.h"

namespace headroom {
namespace {

// Absorbs words, gives words: multiply-fold, so that the sixteen bytes that
// libc makes its stack guard of cannot be read back from the output.
class Pool {
 public:
  void Absorb(uint64_t word) {
    a_ = Fold(a_ ^ word, kOddA) + b_;
    b_ = Fold(b_ ^ a_, kOddB) + word;
  }
  uint64_t Next() {
    Absorb(++drawn_);
    return Fold(a_ ^ kOddB, b_ | 1);
  }

 private:
  static constexpr uint64_t kOddA = 0x9e3779b97f4a7c15;
  static constexpr uint64_t kOddB = 0xd1b54a32d192ed03;
  static uint64_t Fold(uint64_t x, uint64_t y) {
    const auto product = static_cast<unsigned __int128>(x) * y;
    return static_cast<uint64_t>(product) ^
           static_cast<uint64_t>(product >> 64);
  }

  uint64_t a_ = kOddB;
  uint64_t b_ = kOddA;
  uint64_t drawn_ = 0;
};

void AbsorbClock(Pool& pool, clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  pool.Absorb(static_cast<uint64_t>(now.tv_sec));
  pool.Absorb(static_cast<uint64_t>(now.tv_nsec));
}

void AbsorbBytesOfExec(Pool& pool) {
  const auto* bytes = reinterpret_cast<const char*>(getauxval(AT_RANDOM));
  if (bytes == nullptr) return;
  uint64_t words[2];
  memcpy(words, bytes, sizeof(words));
  pool.Absorb(words[0]);
  pool.Absorb(words[1]);
}

}  // namespace

namespace internal_random {

void FillWithoutKernel(void* out, size_t bytes) {
  Pool pool;
  AbsorbBytesOfExec(pool);
  AbsorbClock(pool, CLOCK_REALTIME);
  AbsorbClock(pool, CLOCK_MONOTONIC);
  pool.Absorb(reinterpret_cast<uintptr_t>(&pool));
  pool.Absorb(reinterpret_cast<uintptr_t>(out));
  pool.Absorb(reinterpret_cast<uintptr_t>(&FillRandom));
  pool.Absorb(reinterpret_cast<uintptr_t>(&errno));
  pool.Absorb(static_cast<uint64_t>(getpid()));
  auto* to = static_cast<char*>(out);
  while (bytes > 0) {
    const uint64_t word = pool.Next();
    const size_t take = bytes < sizeof(word) ? bytes : sizeof(word);
    memcpy(to, &word, take);
    to += take;
    bytes -= take;
  }
}

}  // namespace internal_random

void FillRandom(void* out, size_t bytes) {
  const ErrnoGuard errno_guard;
  auto* to = static_cast<char*>(out);
  while (bytes > 0) {
    // Not libc's getrandom, which is a cancellation point.
    const long got = syscall(SYS_getrandom, to, bytes, GRND_NONBLOCK);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      internal_random::FillWithoutKernel(to, bytes);
      return;
    }
    to += got;
    bytes -= static_cast<size_t>(got);
  }
}

}  // namespace headroom
