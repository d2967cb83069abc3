// A program that uses malloc in every way there is and takes refusals: the
// other end of process_faults_test.
//
// Exits with 0 when each block was good or null with ENOMEM, errno was left
// alone otherwise, and nothing was lost. Complains and exits with 1 else.
#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "allocator/headroom.h"
#include "tests/faults/fault_channel.h"

// Not there without the library.
extern "C" [[gnu::weak]] int headroom_stats(struct headroom_stats* stats,
                                            size_t size) noexcept;

namespace headroom {
namespace {

constexpr int kUntouched = EDOM;

// Small enough for caches, and of every kind.
constexpr int kSmallSizes = 5;
constexpr int kAllSizes = 8;
constexpr int kWays = 3;

FaultChannel* channel;

void Require(bool kept, const char* promise) {
  if (kept) return;
  dprintf(STDERR_FILENO, "broken: %s\n", promise);
  _exit(1);
}

// A block of this program's: filled from end to end.
struct Block {
  unsigned char* start = nullptr;
  size_t bytes = 0;
  unsigned char mark = 0;

  // Whether there is a block. Ends the process where the answer is wrong.
  bool Take(void* answer, size_t asked_for, unsigned char with) {
    if (answer == nullptr) {
      Require(errno == ENOMEM, "null comes with ENOMEM");
      ++channel->nulls;
      return false;
    }
    Require(errno == kUntouched, "success leaves errno alone");
    start = static_cast<unsigned char*>(answer);
    bytes = asked_for;
    mark = with;
    memset(start, mark, bytes);
    return true;
  }
  void Check(size_t count) const {
    Require(count == 0 ||
                (start[0] == mark && memcmp(start, start + 1, count - 1) == 0),
            "a block keeps what was written to it");
  }
  void Free() {
    if (start == nullptr) return;
    Check(bytes);
    errno = kUntouched;
    free(start);
    Require(errno == kUntouched, "free leaves errno alone");
    start = nullptr;
  }
  void Resize(size_t to) {
    if (start == nullptr) return;
    errno = kUntouched;
    void* moved = realloc(start, to);
    if (moved == nullptr) {
      Take(nullptr, 0, 0);
      Check(bytes);
      return;
    }
    start = static_cast<unsigned char*>(moved);
    Check(bytes < to ? bytes : to);
    Take(moved, to, static_cast<unsigned char>(mark + 1));
  }
};

void AllocateOne(Block& block, int size, int way) {
  static constexpr size_t kBytes[kAllSizes] = {1,     100,    1000,   9000,
                                               30000, 100000, 600000, 5000000};
  const size_t bytes = kBytes[size];
  const auto mark = static_cast<unsigned char>(size * kWays + way + 1);
  errno = kUntouched;
  switch (way) {
    case 0:
      block.Take(malloc(bytes), bytes, mark);
      break;
    case 1: {
      void* zeroed = calloc(1, bytes);
      if (zeroed != nullptr) {
        const auto* start = static_cast<unsigned char*>(zeroed);
        Require(start[0] == 0 && memcmp(start, start + 1, bytes - 1) == 0,
                "calloc's memory is zero");
      }
      block.Take(zeroed, bytes, mark);
      break;
    }
    default:
      block.Take(aligned_alloc(4096, bytes), bytes, mark);
  }
}

void Work(int sizes = kSmallSizes) {
  Block blocks[kAllSizes][kWays];
  for (int size = 0; size < sizes; ++size) {
    for (int way = 0; way < kWays; ++way) {
      AllocateOne(blocks[size][way], size, way);
    }
    Block& block = blocks[size][size % kWays];
    block.Resize(block.bytes * 2 + 1);
    block.Resize(block.bytes / 3 + 1);
  }
  for (int way = 0; way < kWays; ++way) {
    for (int size = 0; size < sizes; ++size) blocks[size][way].Free();
  }
}

void* WorkInThread(void*) {
  Work();
  return nullptr;
}

void RunThreads(int count) {
  for (int i = 0; i < count; ++i) {
    pthread_t thread;
    const int error = pthread_create(&thread, nullptr, &WorkInThread, nullptr);
    Require(error == 0 || error == EAGAIN || error == ENOMEM,
            "a thread starts, or says why not");
    if (error == 0) pthread_join(thread, nullptr);
  }
}

void RunChild() {
  const pid_t child = fork();
  if (child == 0) {
    Work();
    _exit(0);
  }
  int status = -1;
  Require(child > 0 && waitpid(child, &status, 0) == child && status == 0,
          "a forked child works");
}

struct Gates {
  int entered[2];
  int open[2];
};

// A second thread that is there, and at rest, while the process forks.
void* Rest(void* argument) {
  const auto* gates = static_cast<const Gates*>(argument);
  Work();
  char byte = 0;
  const bool kept = write(gates->entered[1], &byte, 1) == 1 &&
                    read(gates->open[0], &byte, 1) == 1;
  Require(kept, "the gates work");
  return nullptr;
}

void ForkBesideThread() {
  Gates gates;
  Require(pipe(gates.entered) == 0 && pipe(gates.open) == 0, "pipes work");
  pthread_t thread;
  const bool started = pthread_create(&thread, nullptr, &Rest, &gates) == 0;
  char byte = 0;
  Require(!started || read(gates.entered[0], &byte, 1) == 1, "it enters");
  RunChild();
  Require(write(gates.open[1], &byte, 1) == 1, "it leaves");
  if (started) pthread_join(thread, nullptr);
}

struct headroom_stats Stats() {
  struct headroom_stats stats = {};
  if (&headroom_stats != nullptr) headroom_stats(&stats, sizeof(stats));
  return stats;
}

uint64_t LiveBytes(const struct headroom_stats& stats) {
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

void Run() {
  Work(kAllSizes);
  malloc_trim(0);
  RunChild();
  RunThreads(2);
  ForkBesideThread();
  Work();
  const struct headroom_stats before = Stats();
  RunThreads(5);
  Work();
  const struct headroom_stats after = Stats();
  Require(after.thread_cache_count <= before.thread_cache_count,
          "a thread that ended left no cache behind");
  Require(LiveBytes(after) <= LiveBytes(before), "threads lose no block");
  malloc_trim(0);
}

// Ends by a signal, after a report that reads files.
void FreeTwice() {
  void* volatile block = malloc(100);
  if (block == nullptr) abort();
  free(block);
  free(block);
}

// Ends by a signal that the allocator's handler lets through.
void Crash() {
  volatile char* volatile nowhere = nullptr;
  *nowhere = 1;
}

}  // namespace
}  // namespace headroom

// Usage: process_work [free_twice|crash]
int main(int argc, char** argv) {
  alarm(30);
  headroom::channel = headroom::OpenFaultChannel();
  if (headroom::channel == nullptr) return 2;
  const char* mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "free_twice") == 0) headroom::FreeTwice();
  if (strcmp(mode, "crash") == 0) headroom::Crash();
  headroom::Run();
  // The rest is exit's.
  std::atexit([] { headroom::Work(); });
  return 0;
}
