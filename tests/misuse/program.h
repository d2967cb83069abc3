// What the programs of crimes/ and legal/ share. They know malloc's public
// names and nothing of any allocator, so that each runs on every one.
//
// Role: main() calls Program(size, n) with the numbers of the command line and
//   then says "undetected" (a legal program's word for success, too).
#ifndef HEADROOM_TESTS_MISUSE_PROGRAM_H_
#define HEADROOM_TESTS_MISUSE_PROGRAM_H_

#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

// C23, which not every allocator has.
extern "C" {
__attribute__((weak)) void free_sized(void* block, size_t bytes);
__attribute__((weak)) void free_aligned_sized(void* block, size_t alignment,
                                              size_t bytes);
}

namespace misuse {

inline constexpr size_t kPage = 4096;

// What the program does, in its own file. 0 stands for a number not given.
void Program(size_t size, size_t n);

// The compiler sees no crime in what it does not know.
template <typename T>
T Opaque(T value) {
  __asm__ volatile("" : "+r"(value) : : "memory");
  return value;
}

// malloc with its first and last byte written; never null. Not inline, as
// Free(), so that the compiler does not know what they return and take.
char* Malloc(size_t bytes);
char* AlignedAlloc(size_t alignment, size_t bytes);
void Free(void* block);
size_t UsableSize(void* block);

// Says on standard output which pointer the report must name.
void ExpectPointer(const void* pointer);

// Ends the program: this allocator offers no occasion for the crime.
[[noreturn]] void Skip(const char* why);

// Ends the program: what has to work did not.
[[noreturn]] void Fail(const char* what);
inline void Require(bool condition, const char* what) {
  if (!condition) Fail(what);
}

// The 8 bytes in front of `block`.
uint64_t HeaderOf(const char* block);
void SetHeader(char* block, uint64_t header);

// Changes each of `n` bytes.
void Damage(char* from, size_t n);

// Two live blocks of `size` with no other between them.
struct Pair {
  char* low;
  char* high;
  char* end_of_low;  // Behind low's last usable byte.
  char* behind_low;  // What the allocator keeps in front of high, else high.
  char* highest;     // The highest of the blocks that were made to find them.
};
Pair Neighbours(size_t size);

// Writes over the end of `pair.low` to `n` bytes behind `pair.behind_low`.
void Overflow(const Pair& pair, size_t n);

// The first page boundary from the end of `block` on.
char* PageBehind(char* block);

// How many blocks of `size` are many, in bounds of memory.
size_t Many(size_t size);

// Allocates blocks of `size` until `block` comes back; false: it does not.
bool AllocateUntil(const char* block, size_t size);

// Allocates and frees blocks of `size`, more than a quarantine holds.
void Churn(size_t size);

// Runs `body` in a thread, to its end.
template <typename Body>
void InThread(Body body) {
  pthread_t thread;
  auto run = [](void* argument) -> void* {
    (*static_cast<Body*>(argument))();
    return nullptr;
  };
  Require(pthread_create(&thread, nullptr, run, &body) == 0, "thread");
  pthread_join(thread, nullptr);
}

// The signal that a child running `body` died of, or 0.
template <typename Body>
int SignalOfChild(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  Require(child > 0 && waitpid(child, &status, 0) == child, "fork");
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// Dies as a child running `body` did, if it did.
template <typename Body>
void InChild(Body body) {
  const int signal = SignalOfChild(body);
  if (signal != 0) raise(signal);
}

// Says on standard output which one survived.
void SaySurvivor(size_t i);

// Runs body(0) to body(count - 1), each in a child. If all died, dies as they
// did; returns if one survived.
template <typename Body>
void EachInChild(size_t count, Body body) {
  int last = SIGABRT;
  for (size_t i = 0; i < count; ++i) {
    const int signal = SignalOfChild([&] { body(i); });
    if (signal == 0) return SaySurvivor(i);
    if (signal != SIGABRT) last = signal;
  }
  raise(last);
}

}  // namespace misuse

#endif  // HEADROOM_TESTS_MISUSE_PROGRAM_H_
