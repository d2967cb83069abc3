#include "fuzz/process/program/questions.h"

#include <malloc.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory_resource>

#include "allocator/headroom.h"
#include "allocator/memory_resource.h"
#include "fuzz/process/program/calls.h"
#include "fuzz/process/program/tell.h"

// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
struct mallinfo __libc_mallinfo();
int __libc_mallopt(int parameter, int value);
}
// NOLINTEND(bugprone-reserved-identifier)

namespace headroom {
namespace {

void AskStats(size_t size) {
  struct headroom_stats s;
  // An older or a newer caller's.
  char room[2 * sizeof(s)];
  memset(room, 0x55, sizeof(room));
  Promise(headroom_stats(nullptr, 8) == EINVAL, "stats of nothing is EINVAL");
  const size_t asked = size % sizeof(room);
  headroom_stats(reinterpret_cast<struct headroom_stats*>(room), asked);
  Promise(room[asked] == 0x55, "stats fill what they were given");
  Promise(headroom_stats(&s, sizeof(s)) == 0, "stats succeed");
  Promise(s.heap_bytes == s.small_live_bytes + s.small_cached_bytes +
                              s.small_central_bytes + s.small_uncut_bytes +
                              s.large_live_bytes + s.free_dirty_bytes +
                              s.free_clean_bytes,
          "the heap's bytes add up");
}

void AskMallinfo() {
  const struct mallinfo2 wide = mallinfo2();
  Promise(wide.arena == wide.uordblks + wide.fordblks,
          "arena == uordblks + fordblks");
  // The warning: ours is not old.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  const struct mallinfo narrow = mallinfo();
  const struct mallinfo other = __libc_mallinfo();
#pragma GCC diagnostic pop
  // An int says "at least so much".
  const auto fits = [](int narrowed, size_t value) {
    return static_cast<size_t>(narrowed) == std::min<size_t>(value, INT_MAX);
  };
  Promise(fits(narrow.arena, wide.arena) && fits(narrow.hblkhd, wide.hblkhd) &&
              memcmp(&narrow, &other, sizeof(narrow)) == 0,
          "mallinfo is mallinfo2");
}

void AskMallocInfo(bool limited) {
  char text[2000];
  FILE* const file = fmemopen(text, sizeof(text), "w");
  Promise(file != nullptr || limited, "a file can be opened");
  if (file == nullptr) return;
  errno = 0;
  Promise(malloc_info(1, file) == -1 && errno == EINVAL,
          "malloc_info has no options");
  const int result = malloc_info(0, file);
  const int closed = fclose(file);
  Promise(
      (result == 0 && closed == 0 && strstr(text, "</malloc>") != nullptr) ||
          limited,
      "malloc_info writes a document");
}

void AskNallocx(size_t size, size_t alignment) {
  const int lg = alignment == 0 ? 0 : std::countr_zero(alignment);
  const size_t good = headroom_nallocx(size, HEADROOM_LG_ALIGN(lg));
  Promise(good == 0 || (good >= size &&
                        headroom_nallocx(good, HEADROOM_LG_ALIGN(lg)) == good),
          "a good size is its own");
  Promise(good != 0 || size > PTRDIFF_MAX / 2 || lg > 40,
          "a modest size can be had");
  Promise(headroom_nallocx(size, -1) == 0 && headroom_nallocx(size, 63) == 0,
          "flags that are no alignment have no size");
}

void FreeNull() {
  for (int family = 0; family < kFamilies; ++family) {
    const auto f = static_cast<Family>(family);
    for (int way = 0; way < WaysToFree(f); ++way) {
      // A realloc of null is an allocation.
      if (f == Family::kMalloc && way >= 4 && way <= 8) continue;
      CallFree(f, way, nullptr, 0, 16);
    }
  }
  Promise(
      malloc_usable_size(nullptr) == 0 && headroom_usable_size(nullptr) == 0,
      "null has no bytes");
}

void AskBadly() {
  char* const kept = reinterpret_cast<char*>(16);
  void* block = kept;
  Promise(posix_memalign(&block, 24, 8) == EINVAL && block == kept &&
              posix_memalign(&block, 4, 8) == EINVAL && block == kept,
          "posix_memalign refuses alignments");
  errno = 0;
  Promise(aligned_alloc(Opaque(size_t{48}), 8) == nullptr && errno == EINVAL,
          "aligned_alloc refuses alignments");
  errno = 0;
  Promise(calloc(Opaque(SIZE_MAX / 2), 3) == nullptr && errno == ENOMEM &&
              reallocarray(nullptr, Opaque(SIZE_MAX / 2), 3) == nullptr,
          "a product that overflows is out of memory");
  errno = 0;
  Promise(malloc(Opaque(SIZE_MAX)) == nullptr && errno == ENOMEM &&
              pvalloc(Opaque(SIZE_MAX - 10)) == nullptr,
          "more than there is is out of memory");
}

}  // namespace

void Ask(const Record& record, Blocks& blocks) {
  switch (static_cast<Question>(record.kind)) {
    case Question::kUsableSize: {
      const Block* const block = blocks.Find(record.slot);
      if (block != nullptr) blocks.Check(*block);
      break;
    }
    case Question::kStats:
      return AskStats(record.size);
    case Question::kNallocx:
      return AskNallocx(record.size, record.alignment);
    case Question::kReleaseMemory:
      headroom_release_memory(record.size);
      return blocks.CheckAll();
    case Question::kVersion:
      Promise(
          memory_resource()->is_equal(*memory_resource()) &&
              !memory_resource()->is_equal(*std::pmr::null_memory_resource()),
          "a resource is itself");
      return Promise(strcmp(headroom_version(), HEADROOM_VERSION) == 0,
                     "the library is as old as its header");
    case Question::kMallinfo:
      return AskMallinfo();
    case Question::kMallocInfo:
      return AskMallocInfo(blocks.limited);
    case Question::kMallocStats:
      return malloc_stats();
    case Question::kMallocTrim: {
      const int released = malloc_trim(record.size);
      Promise(released == 0 || released == 1, "malloc_trim says 0 or 1");
      return blocks.CheckAll();
    }
    case Question::kMallopt:
      return Promise(mallopt(M_MMAP_THRESHOLD, 1 << 20) == 0 &&
                         __libc_mallopt(M_TRIM_THRESHOLD, 1 << 20) == 0,
                     "nothing can be set");
    case Question::kFreesOfNull:
      return FreeNull();
    case Question::kBadArguments:
      return AskBadly();
  }
}

}  // namespace headroom
