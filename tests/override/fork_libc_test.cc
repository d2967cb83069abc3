// fork where libc has locks of its own, or one thread is all there is.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

constexpr unsigned kWatchdogSeconds = 120;

// Runs `body` in a child, which a hang kills.
template <typename Body>
int StatusOfChild(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(kWatchdogSeconds);
    body();
    _exit(0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

// Frees and allocates with a FILE locked, for ever.
void ReadLines() {
  std::string text(200000, 'a');
  text += '\n';
  FILE* file = fmemopen(text.data(), text.size(), "r");
  for (;;) {
    rewind(file);
    char* line = nullptr;
    size_t size = 0;
    if (getline(&line, &size, file) < 0) abort();
    free(line);
  }
}

TEST(ForkLibcTest, ForkWhileOthersFlushAndRead) {
  EXPECT_EQ(StatusOfChild([] {
              std::thread([] {
                for (;;) fflush(nullptr);
              }).detach();
              std::thread(&ReadLines).detach();
              std::thread(&ReadLines).detach();
              for (int i = 0; i < 200; ++i) {
                const pid_t child = fork();
                if (child == 0) {
                  free(malloc(100));
                  _exit(0);
                }
                int status = -1;
                if (waitpid(child, &status, 0) != child || status != 0) abort();
              }
            }),
            0);
}

volatile sig_atomic_t forks = 0;

void ForkInHandler(int) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  while (waitpid(child, nullptr, 0) != child) {
  }
  forks = forks + 1;
}

// POSIX allows fork in a handler; a program of one thread gets away with it in
// the middle of a malloc.
TEST(ForkLibcTest, ForkInAHandlerOfASingleThread) {
  EXPECT_EQ(StatusOfChild([] {
              signal(SIGVTALRM, &ForkInHandler);
              const itimerval each = {{0, 2000}, {0, 2000}};
              setitimer(ITIMER_VIRTUAL, &each, nullptr);
              for (unsigned i = 0; forks < 300; ++i) {
                void* large = malloc(100000 + i % 100000);
                void* blocks[64];
                for (void*& block : blocks) block = malloc(3000);
                for (void* block : blocks) free(block);
                free(large);
              }
            }),
            0);
}

}  // namespace
