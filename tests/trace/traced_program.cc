// A program whose calls of malloc are known, one by one: the other end of
// recorded_calls_test and trace_file_test.
//
// Usage: traced_program calls | many | fork | exec | again
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/trace/markers.h"

namespace headroom {
namespace {

sem_t handed_over;
void* to_free;
void* to_resize;
pthread_key_t key;

// What the key holds is freed when the thread has no cache any more.
void AtThreadEnd(void* block) {
  static int rounds = 0;
  if (++rounds < 3) {
    pthread_setspecific(key, block);
  } else {
    free(block);
  }
}

void* RunSecond(void*) {
  while (sem_wait(&handed_over) != 0) {
  }
  Mark(kSecondBegins);
  free(to_free);
  to_resize = realloc(to_resize, 600);
  void* own = malloc(11);
  free(own);
  pthread_setspecific(key, malloc(33));
  Mark(kSecondEnds);
  return nullptr;
}

void Calls() {
  pthread_key_create(&key, &AtThreadEnd);
  sem_init(&handed_over, 0, 0);
  // What this allocates is libc's.
  pthread_t second;
  if (pthread_create(&second, nullptr, &RunSecond, nullptr) != 0) exit(3);

  Mark(kMainBegins);
  void* a = malloc(100);
  void* b = calloc(3, 50);
  void* c = aligned_alloc(256, 512);
  void* d = ::operator new[](77);
  a = realloc(a, 101);
  a = realloc(a, 100000);
  free(b);
  void* e = ::operator new(40, std::align_val_t(64));
  ::operator delete(e, std::align_val_t(64));
  ::operator delete[](d);
  void* f = malloc(5 << 20);
  f = realloc(f, 6 << 20);
  free(f);
  free(nullptr);
  void* g = realloc(nullptr, 10);
  if (realloc(g, 0) != nullptr) exit(3);
  void* h = nullptr;
  if (posix_memalign(&h, 4096, 20) != 0) exit(3);
  void* i = malloc(0);
  // Refused, so nothing begins and nothing ends.
  volatile size_t too_much = SIZE_MAX / 2 + 1;
  if (malloc(too_much) != nullptr || realloc(i, too_much) != nullptr) exit(3);
  free(i);
  free(h);
  free(c);
  free(a);
  to_free = malloc(300);
  to_resize = malloc(400);
  Mark(kHandsOver);
  sem_post(&handed_over);
  pthread_join(second, nullptr);
  free(to_resize);
  Mark(kMainEnds);
}

// More than a buffer holds.
void Many(size_t bytes) {
  for (int i = 0; i < 20000; ++i) {
    void* volatile block = malloc(bytes);
    if (block == nullptr) exit(3);
    free(block);
  }
}

void Fork() {
  void* volatile before = malloc(kBeforeFork);
  const pid_t child = fork();
  if (child < 0) exit(3);
  if (child == 0) {
    free(before);
    Mark(kOfChild);
    exit(0);
  }
  int status = -1;
  if (waitpid(child, &status, 0) != child || status != 0) exit(3);
  Mark(kOfParent);
  free(before);
}

void Exec(const char* self) {
  Many(kBeforeExec);
  execl(self, self, "again", nullptr);
  exit(3);
}

int Run(const char* self, const char* what) {
  if (strcmp(what, "calls") == 0) {
    Calls();
  } else if (strcmp(what, "many") == 0) {
    Many(24);
  } else if (strcmp(what, "fork") == 0) {
    Fork();
  } else if (strcmp(what, "exec") == 0) {
    Exec(self);
  } else if (strcmp(what, "again") == 0) {
    Mark(kAfterExec);
  } else {
    return 2;
  }
  std::puts("done");
  return 0;
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  return argc == 2 ? headroom::Run(argv[0], argv[1]) : 2;
}
