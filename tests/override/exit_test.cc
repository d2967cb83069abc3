// After main: atexit handlers, static destructors and the last destructors of
// all allocate and free.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

// Where the child's handlers report to; -1 in the parent, whose exit is not
// watched.
int report = -1;
void* from_main = nullptr;

void Work(const char* mark) {
  if (report < 0) return;
  void* small = Opaque(malloc(100));
  void* large = Opaque(malloc(3000000));
  Fill(small, 100, 2);
  Fill(large, 100, 3);
  const bool good =
      Holds(small, 100, 2) && Holds(large, 100, 3) && Holds(from_main, 100, 1);
  free(large);
  free(small);
  if (write(report, good ? mark : "!", 1) != 1) abort();
}

void AtExit() { Work("a"); }

struct Static {
  ~Static() { Work("s"); }
};
Static object;

struct ThreadLocal {
  std::unique_ptr<std::string> text = std::make_unique<std::string>(500, 'x');
  ~ThreadLocal() { Work("t"); }
};
thread_local ThreadLocal thread_object;

// Runs after every other destructor.
[[gnu::destructor(101)]] void LastOfAll() { Work("d"); }

TEST(ExitTest, EveryKindOfHandlerAllocatesAndFrees) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);
    report = ends[1];
    from_main = Opaque(malloc(100));
    Fill(from_main, 100, 1);
    atexit(&AtExit);
    thread_object.text->push_back('y');
    exit(7);
  }
  close(ends[1]);
  std::string marks(100, '\0');
  ssize_t n;
  size_t size = 0;
  while ((n = read(ends[0], &marks[size], 1)) > 0) ++size;
  marks.resize(size);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(marks, "tasd");
}

}  // namespace
}  // namespace headroom
