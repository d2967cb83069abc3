// The process's own heap: forks in the middle of threads that keep one lock
// after the other busy. Hangs end by SIGALRM.
#include <malloc.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/stress/pattern.h"

extern char** environ;

namespace headroom {
namespace {

constexpr int kForks = 80;

// Keeps the compiler from pairing malloc and free away.
void* NewBlock(size_t bytes) {
  void* block = malloc(bytes);
  asm volatile("" : "+r"(block) : : "memory");
  if (block != nullptr) FillPattern(block, bytes, PatternOf(block, bytes));
  return block;
}
bool CheckAndFree(void* block, size_t bytes) {
  const bool good = HasPattern(block, bytes, PatternOf(block, bytes));
  free(block);
  return good;
}

// Meets every layer: all classes, spans, mappings, and their way back.
bool Work() {
  std::vector<std::pair<void*, size_t>> blocks;
  for (size_t i = 0; i < 600; ++i) {
    const size_t bytes = i % 100 == 99 ? i * 10000 : i * 57;
    void* block = NewBlock(bytes);
    if (block == nullptr) return false;
    blocks.push_back({block, bytes});
  }
  bool good = true;
  for (const auto& [block, bytes] : blocks) {
    good &= CheckAndFree(block, bytes);
  }
  return good;
}

int StatusOf(pid_t child) {
  int status = -1;
  return waitpid(child, &status, 0) == child ? status : -1;
}

int ForkAndWork(int generations) {
  const pid_t child = fork();
  if (child != 0) return StatusOf(child);
  alarm(60);
  bool good = Work();
  if (generations > 1) good &= ForkAndWork(generations - 1) == 0;
  _exit(good ? 0 : 1);
}

// Threads that do `step` over and over while this one forks.
class ProcessForkTest : public ::testing::Test {
 protected:
  ProcessForkTest() { alarm(300); }
  ~ProcessForkTest() override {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    EXPECT_TRUE(Work());
    alarm(0);
  }
  void Hammer(int threads, std::function<void()> step) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, step] {
        while (!stop_) step();
      });
    }
  }
  void ForkManyTimes() {
    for (int i = 0; i < kForks; ++i) {
      ASSERT_EQ(ForkAndWork(i % 10 == 9 ? 3 : 1), 0) << i;
    }
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

TEST_F(ProcessForkTest, RegistryBusy) {
  Hammer(2, [] { std::thread([] { free(NewBlock(100)); }).join(); });
  ForkManyTimes();
}

TEST_F(ProcessForkTest, CentralListsBusy) {
  Hammer(2, [] {
    static thread_local std::vector<void*> blocks(3000);
    for (const size_t bytes : {24, 500}) {
      for (void*& block : blocks) block = NewBlock(bytes);
      for (void* block : blocks) free(block);
    }
  });
  ForkManyTimes();
}

TEST_F(ProcessForkTest, PageHeapBusy) {
  Hammer(2, [] {
    void* a = NewBlock(40000);
    void* b = NewBlock(100000);
    free(a);
    free(b);
  });
  ForkManyTimes();
}

// Pages to the kernel and back: the page heap's lock and the system's.
TEST_F(ProcessForkTest, SystemHeapBusy) {
  Hammer(1, [] { malloc_trim(0); });
  Hammer(2, [] {
    free(NewBlock(1 << 20));
    free(NewBlock(6 << 20));
  });
  ForkManyTimes();
}

TEST_F(ProcessForkTest, StatisticsBusy) {
  Hammer(1, [] { (void)mallinfo2(); });
  Hammer(1, [] { std::thread([] { (void)mallinfo2(); }).join(); });
  ForkManyTimes();
}

// The heap grows all the time, and its metadata with it.
TEST_F(ProcessForkTest, GrowthBusy) {
  static std::atomic<size_t> held{0};
  Hammer(2, [] {
    static thread_local std::vector<void*> blocks;
    for (int i = 0; i < 50; ++i) blocks.push_back(NewBlock(33000));
    held += 50;
    if (blocks.size() >= 3000) {
      for (void* block : blocks) free(block);
      blocks.clear();
      malloc_trim(0);
    }
  });
  ForkManyTimes();
  EXPECT_GT(held, 0u);
}

TEST_F(ProcessForkTest, ThreadsForkAtOnce) {
  Hammer(1, [] { std::thread([] { free(NewBlock(100)); }).join(); });
  std::vector<std::thread> forkers;
  std::atomic<int> failures{0};
  for (int t = 0; t < 3; ++t) {
    // The thread's first call of all is fork.
    forkers.emplace_back([&failures] {
      for (int i = 0; i < kForks / 4; ++i) failures += ForkAndWork(2) != 0;
    });
  }
  for (std::thread& forker : forkers) forker.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(ProcessForkTest, AThreadThatNeverAllocatedForks) {
  Hammer(2, [] { free(NewBlock(50000)); });
  for (int i = 0; i < 20; ++i) {
    int status = -1;
    std::thread([&status] { status = ForkAndWork(1); }).join();
    ASSERT_EQ(status, 0);
  }
}

// By exit, with destructors and atexit handlers that free; with threads of the
// child's own.
TEST_F(ProcessForkTest, ChildrenStartThreadsAndExit) {
  Hammer(2, [] { std::thread([] { free(NewBlock(100)); }).join(); });
  for (int i = 0; i < 20; ++i) {
    fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      static void* block = NewBlock(5000);
      atexit([] { free(block); });
      std::atomic<int> bad{0};
      std::vector<std::thread> threads;
      for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&bad] { bad += !Work(); });
      }
      for (std::thread& thread : threads) thread.join();
      exit(bad == 0 ? 0 : 1);
    }
    ASSERT_EQ(StatusOf(child), 0);
  }
}

TEST_F(ProcessForkTest, ThreadsEndWhileOthersFork) {
  std::atomic<bool> stop{false};
  std::thread churn([&stop] {
    while (!stop) {
      std::vector<std::thread> burst;
      for (int i = 0; i < 8; ++i) {
        burst.emplace_back([] {
          for (size_t bytes = 8; bytes < 20000; bytes *= 2) {
            free(NewBlock(bytes));
          }
        });
      }
      for (std::thread& thread : burst) thread.join();
    }
  });
  ForkManyTimes();
  stop = true;
  churn.join();
}

TEST_F(ProcessForkTest, VforkAndSpawn) {
  Hammer(2, [] { std::thread([] { free(NewBlock(40000)); }).join(); });
  for (int i = 0; i < 20; ++i) {
    const pid_t child = vfork();
    if (child == 0) {
      execl("/bin/true", "true", nullptr);
      _exit(99);
    }
    ASSERT_EQ(StatusOf(child), 0);
    char program[] = "/bin/true";
    char* arguments[] = {program, nullptr};
    pid_t spawned = 0;
    ASSERT_EQ(
        posix_spawn(&spawned, program, nullptr, nullptr, arguments, environ),
        0);
    ASSERT_EQ(StatusOf(spawned), 0);
    ASSERT_EQ(system("true"), 0);
    FILE* pipe = popen("echo good", "r");
    char line[16] = {};
    ASSERT_NE(fgets(line, sizeof(line), pipe), nullptr);
    EXPECT_STREQ(line, "good\n");
    EXPECT_EQ(pclose(pipe), 0);
  }
}

}  // namespace
}  // namespace headroom
