/* A program without dependencies that says whose malloc it has.
 *
 * Usage: smoke headroom   malloc is Headroom's
 *        smoke both       malloc is not; headroom_malloc is there beside it
 *        smoke system     there is no Headroom
 * Exit status 0 when that is so and every function works; else 1 with a line.
 * headroom.h's functions are referred to weakly, so the same source links, and
 * runs under LD_PRELOAD, in every way that a program can get Headroom. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator/headroom.h"

#pragma weak headroom_stats
#pragma weak headroom_version
#pragma weak headroom_malloc
#pragma weak headroom_free

#define EXPECT(condition)                                     \
  do {                                                        \
    if (!(condition)) {                                       \
      printf("smoke: line %d: %s\n", __LINE__, (#condition)); \
      exit(1);                                                \
    }                                                         \
  } while (0)

/* Keeps the compiler from knowing what malloc is. */
static void* (*volatile allocate)(size_t) = malloc;
static void (*volatile release)(void*) = free;

static const size_t kBytes = 10 << 20;
static const size_t kMappingBytes = 40 << 20; /* glibc's bound is 32 MiB */

static uint64_t LiveBytes(void) {
  struct headroom_stats stats;
  EXPECT(headroom_stats(&stats, sizeof(stats)) == 0);
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

static int MallocIsHeadrooms(void) {
  uint64_t before = LiveBytes();
  void* block = allocate(kBytes);
  int grown = LiveBytes() >= before + kBytes;
  release(block);
  return grown;
}

static void CheckHeadroomsOwnNames(void) {
  uint64_t before = LiveBytes();
  void* block = headroom_malloc(kBytes);
  EXPECT(block != NULL);
  memset(block, 1, kBytes);
  EXPECT(LiveBytes() >= before + kBytes);
  headroom_free(block);
  EXPECT(LiveBytes() == before);
  EXPECT(strcmp(headroom_version(), HEADROOM_VERSION) == 0);
}

static void CheckTrim(void) {
  enum { kCount = 20000 };
  static void* many[kCount];
  for (int i = 0; i < kCount; ++i) {
    many[i] = allocate(1000);
    EXPECT(many[i] != NULL);
    memset(many[i], 1, 1000);
  }
  for (int i = 0; i < kCount; ++i) release(many[i]);
  EXPECT(malloc_trim(0) == 1);
}

/* Every function of glibc's malloc.o: one that is missing is a link error in a
 * static program, and in a dynamic one glibc's zeros. */
static void CheckEveryName(void) {
  void* blocks[7];
  blocks[0] = realloc(calloc(10, 10), 5000);
  blocks[1] = reallocarray(NULL, 10, 10);
  blocks[2] = aligned_alloc(64, 100);
  blocks[3] = memalign(64, 100);
  EXPECT(posix_memalign(&blocks[4], 64, 100) == 0);
  blocks[5] = valloc(100);
  blocks[6] = pvalloc(100);
  for (int i = 0; i < 7; ++i) {
    EXPECT(blocks[i] != NULL);
    EXPECT(malloc_usable_size(blocks[i]) >= 100);
    memset(blocks[i], i, malloc_usable_size(blocks[i]));
    free(blocks[i]);
  }
  void* mapping = allocate(kMappingBytes);
  struct mallinfo2 info = mallinfo2();
  EXPECT(info.hblks >= 1 && info.hblkhd >= kMappingBytes);
  release(mapping);
  char text[4096] = "";
  FILE* stream = fmemopen(text, sizeof(text), "w");
  EXPECT(malloc_info(0, stream) == 0);
  EXPECT(fclose(stream) == 0 && strstr(text, "</malloc>") != NULL);
  CheckTrim();
  malloc_stats();
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

int main(int argc, char** argv) {
  const char* expected = argc > 1 ? argv[1] : "headroom";
  if (strcmp(expected, "system") == 0) {
    EXPECT(headroom_stats == NULL && headroom_malloc == NULL);
  } else {
    EXPECT(headroom_stats != NULL && headroom_malloc != NULL);
    EXPECT(MallocIsHeadrooms() == (strcmp(expected, "headroom") == 0));
    CheckHeadroomsOwnNames();
  }
  CheckEveryName();
  printf("smoke: %s\n", expected);
  return 0;
}
