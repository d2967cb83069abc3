// A program that misuses its heap in the way its argument names: memcheck has
// to see it.
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int sink;

// The compiler does not know what these return and take.
static void* (*volatile Malloc)(size_t) = malloc;
static void (*volatile Free)(void*) = free;

static void Use(volatile const char* p) {
  if (*p != 0) sink = 1;
}

// Without a finding.
static void UseWell(size_t bytes) {
  volatile char* block = calloc(1, bytes);
  Use(block + bytes - 1);
  block = realloc((void*)block, 3 * bytes);
  Use(block + bytes - 1);
  const size_t usable = malloc_usable_size((void*)block);
  block[usable - 1] = 1;
  Use(block + usable - 1);
  block = realloc((void*)block, bytes / 2 + 1);
  Use(block);
  free((void*)block);
  block = aligned_alloc(512, bytes);
  block[0] = 1;
  Use(block);
  free((void*)block);
}

static int Misuse(const char* how) {
  const size_t bytes = 100;
  volatile char* block = Malloc(bytes);
  block[0] = 1;
  if (strcmp(how, "use_after_free") == 0) {
    Free((void*)block);
    Use(block);
  } else if (strcmp(how, "read_behind") == 0) {
    Use(block + malloc_usable_size((void*)block));
    Free((void*)block);
  } else if (strcmp(how, "write_behind") == 0) {
    block[malloc_usable_size((void*)block)] = 1;
    Free((void*)block);
  } else if (strcmp(how, "uninitialised") == 0) {
    Use(block + 1);
    Free((void*)block);
  } else if (strcmp(how, "leak") == 0) {
    block = NULL;
  } else {
    fprintf(stderr, "no misuse '%s'\n", how);
    return 2;
  }
  return 0;
}

static void* UseAll(void* unused) {
  static const size_t kSizes[] = {1, 100, 10000, 32760, 40000, 5 << 20};
  for (size_t i = 0; i < sizeof(kSizes) / sizeof(*kSizes); ++i) {
    for (int again = 0; again < 3; ++again) UseWell(kSizes[i]);
  }
  return unused;
}

int main(int argc, char** argv) {
  if (argc == 2) return Misuse(argv[1]);
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i) {
    if (pthread_create(&threads[i], NULL, UseAll, NULL) != 0) return 1;
  }
  UseAll(NULL);
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
  return 0;
}
