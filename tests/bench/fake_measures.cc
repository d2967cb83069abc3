// Stands for an instrumented malloc: counts how often it was reset and how many
// threads were started since, and tells.
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cstdio>

namespace {
int resets = 0;
std::atomic<int> threads = 0;
}  // namespace

extern "C" {

void headroom_reset_measures() {
  ++resets;
  threads = 0;
}

void headroom_write_measures(int file) {
  dprintf(file, "{\"resets\":%d,\"threads\":%d}\n", resets, threads.load());
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*function)(void*), void* argument) {
  ++threads;
  static const auto next = reinterpret_cast<decltype(&pthread_create)>(
      dlsym(RTLD_NEXT, "pthread_create"));
  return next(thread, attributes, function, argument);
}

}  // extern "C"
