// Stands for an instrumented malloc: counts how often it was reset, its lock
// held and a thread started since then, and tells.
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdio>

namespace {
int resets = 0;
std::atomic<size_t> held_bytes = 0;
std::atomic<unsigned> held_us = 0;
std::atomic<int> holds = 0;
std::atomic<int> threads = 0;
}  // namespace

extern "C" {

void headroom_reset_measures() {
  ++resets;
  holds = 0;
  threads = 0;
}

void headroom_hold_central_lock(size_t bytes, unsigned microseconds) {
  if (bytes > 1000) return;
  held_bytes = bytes;
  held_us = microseconds;
  ++holds;
  usleep(microseconds);
}

void headroom_write_measures(int file) {
  dprintf(
      file, "{\"resets\":%d,\"held\":[%zu,%u],\"holds\":%d,\"threads\":%d}\n",
      resets, held_bytes.load(), held_us.load(), holds.load(), threads.load());
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*function)(void*), void* argument) {
  ++threads;
  static const auto next = reinterpret_cast<decltype(&pthread_create)>(
      dlsym(RTLD_NEXT, "pthread_create"));
  return next(thread, attributes, function, argument);
}

}  // extern "C"
