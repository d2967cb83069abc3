// A program on the measured library whose counts are known beforehand.
//
// Role: one scenario, by name; then its measures, a line of JSON each. Links no
//   allocator: LD_PRELOAD brings it, dlsym finds what it exports.
// Takes from: the command line. Gives to: measures_test.py.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

template <typename Function>
Function* Find(const char* name) {
  auto* function = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
  if (function == nullptr) {
    fprintf(stderr, "measured_program: no %s: which malloc is this?\n", name);
    exit(2);
  }
  return function;
}

auto* const write_measures = Find<void(int)>("headroom_write_measures");
auto* const reset_measures = Find<void()>("headroom_reset_measures");
auto* const hold_central_lock =
    Find<void(size_t, unsigned)>("headroom_hold_central_lock");

void WriteLine(int fd = STDOUT_FILENO) {
  write_measures(fd);
  if (write(fd, "\n", 1) != 1) abort();
}

void Pairs(int count, size_t bytes) {
  for (int i = 0; i < count; ++i) free(malloc(bytes));
}

// Too many for any cache, so that they go to the central list and come back.
constexpr int kFlood = 20000;
void Flood(size_t bytes) {
  static thread_local void* blocks[kFlood];
  for (void*& block : blocks) block = malloc(bytes);
  for (void* block : blocks) free(block);
}

// 2000 hits and nothing else.
int Hits() {
  Pairs(2, 64);
  reset_measures();
  Pairs(1000, 64);
  WriteLine();
  return 0;
}

// 100000 allocations of one class, and their frees.
int Misses() {
  static void* blocks[100000];
  Pairs(2, 64);
  reset_measures();
  for (void*& block : blocks) block = malloc(720);
  for (void* block : blocks) free(block);
  WriteLine();
  return 0;
}

// Two threads want blocks of `bytes` all the time, from the central list; the
// main thread holds its lock for 5 ms, `holds` times.
int Held(size_t bytes, int holds) {
  std::atomic<bool> done{false};
  std::atomic<int> warm{0};
  std::vector<std::thread> waiters;
  for (int t = 0; t < 2; ++t) {
    waiters.emplace_back([&] {
      Flood(bytes);
      Flood(bytes);
      ++warm;
      while (!done) Flood(bytes);
    });
  }
  while (warm < 2) std::this_thread::yield();
  reset_measures();
  for (int i = 0; i < holds; ++i) {
    hold_central_lock(bytes, 5000);
    // Lets the waiters come to the lock again.
    usleep(2000);
  }
  done = true;
  for (std::thread& waiter : waiters) waiter.join();
  WriteLine();
  return 0;
}

// Measures are written and reset while others allocate, begin and end.
int Race() {
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      while (!done) {
        std::thread([t] {
          for (size_t bytes = 16; bytes < 100000; bytes += bytes / 3) {
            Pairs(20, bytes + static_cast<size_t>(t));
          }
        }).join();
        Flood(100);
      }
    });
  }
  for (int i = 0; i < 60; ++i) {
    WriteLine();
    if (i % 3 == 0) reset_measures();
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  WriteLine();
  return 0;
}

// A child's line, then its parent's.
int Fork(bool with_threads) {
  if (with_threads) std::thread([] { Pairs(1, 64); }).join();
  Pairs(100000, 64);
  Flood(720);
  const pid_t child = fork();
  if (child == 0) {
    Pairs(10, 64);
    WriteLine();
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) return 1;
  WriteLine();
  return 0;
}

int Run(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "";
  if (strcmp(name, "hits") == 0) return Hits();
  if (strcmp(name, "misses") == 0) return Misses();
  if (strcmp(name, "held") == 0 && argc == 4) {
    return Held(static_cast<size_t>(atol(argv[2])), atoi(argv[3]));
  }
  if (strcmp(name, "race") == 0) return Race();
  if (strcmp(name, "fork") == 0) return Fork(/*with_threads=*/false);
  if (strcmp(name, "fork_threads") == 0) return Fork(/*with_threads=*/true);
  fprintf(stderr, "measured_program: no scenario of this name: %s\n", name);
  return 2;
}

}  // namespace

int main(int argc, char** argv) { return Run(argc, argv); }
