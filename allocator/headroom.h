/* Headroom's own API, in C: the same heap as malloc's where Headroom is the
 * program's malloc, and a heap beside the program's malloc in the prefixed
 * build, which defines no name of libc's.
 *
 * Blocks come from and go to one heap: what headroom_malloc returned may be
 * given to headroom_realloc, headroom_free and the sized frees, and, where
 * Headroom is the program's malloc, to free and back.
 * Sizes are in bytes. Every block is aligned to 16.
 * Thread-safety: all functions. Signal-safety: none but headroom_version and
 * headroom_nallocx, as malloc's. Misuse (a double or invalid free, memory
 * overwritten) aborts with a report on standard error, see below; what is
 * looked for, the environment's HEADROOM_OPTIONS say.
 * Sources: C23 7.24.3, POSIX.1-2024, jemalloc's nallocx and sdallocx. */
#ifndef HEADROOM_ALLOCATOR_HEADROOM_H_
#define HEADROOM_ALLOCATOR_HEADROOM_H_

#include <stddef.h>
#include <stdint.h>

#define HEADROOM_VERSION "0.1.0"

#define HEADROOM_API __attribute__((visibility("default")))

#ifdef __cplusplus
#define HEADROOM_NOEXCEPT noexcept
extern "C" {
#else
#define HEADROOM_NOEXCEPT
#endif

/* The version of the library that runs, which may be newer than this header's
 * HEADROOM_VERSION. A string that lives for ever. */
HEADROOM_API const char* headroom_version(void) HEADROOM_NOEXCEPT;

/* As malloc, calloc, realloc and reallocarray. NULL with errno ENOMEM when
 * memory is out, a product overflows, or the size exceeds PTRDIFF_MAX; a
 * resized block is unchanged then. 0 bytes count as 1, but for
 * headroom_realloc(block, 0), which frees the block and returns NULL. */
HEADROOM_API void* headroom_malloc(size_t bytes) HEADROOM_NOEXCEPT;
HEADROOM_API void* headroom_calloc(size_t count,
                                   size_t bytes) HEADROOM_NOEXCEPT;
HEADROOM_API void* headroom_realloc(void* block,
                                    size_t bytes) HEADROOM_NOEXCEPT;
HEADROOM_API void* headroom_reallocarray(void* block, size_t count,
                                         size_t bytes) HEADROOM_NOEXCEPT;

/* As free; NULL does nothing; errno is kept. The sized forms are C23's: `bytes`
 * is what the caller last asked for, by malloc or realloc. */
HEADROOM_API void headroom_free(void* block) HEADROOM_NOEXCEPT;
HEADROOM_API void headroom_free_sized(void* block,
                                      size_t bytes) HEADROOM_NOEXCEPT;
HEADROOM_API void headroom_free_aligned_sized(void* block, size_t alignment,
                                              size_t bytes) HEADROOM_NOEXCEPT;

/* As C23's aligned_alloc: NULL with errno EINVAL when the alignment is not a
 * power of two. `bytes` need not be a multiple of it. */
HEADROOM_API void* headroom_aligned_alloc(size_t alignment,
                                          size_t bytes) HEADROOM_NOEXCEPT;
/* As POSIX: returns 0, EINVAL (not a power of two, or less than a pointer's
 * size) or ENOMEM; errno is kept, and *result too unless 0 is returned. */
HEADROOM_API int headroom_posix_memalign(void** result, size_t alignment,
                                         size_t bytes) HEADROOM_NOEXCEPT;
/* As glibc's: an alignment that is not a power of two becomes the next one. */
HEADROOM_API void* headroom_memalign(size_t alignment,
                                     size_t bytes) HEADROOM_NOEXCEPT;

/* How many bytes of `block` the caller may use; at least what was asked for,
 * the same for the life of the block; 0 for NULL. */
HEADROOM_API size_t headroom_usable_size(const void* block) HEADROOM_NOEXCEPT;

/* Flags of the next two: an alignment as its base-2 logarithm, or 0. */
#define HEADROOM_LG_ALIGN(lg) (lg)

/* How many bytes a request of `bytes` gets, as a rule: headroom_malloc(bytes),
 * or headroom_aligned_alloc with the alignment of the flags, returns a block of
 * at least as many usable bytes. Ask for as many to use them: of a block that
 * is watched closely (a sampled one, or one with a tail, see HEADROOM_OPTIONS)
 * only what was asked for may be used. 0 when no block can be so large. */
HEADROOM_API size_t headroom_nallocx(size_t bytes, int flags) HEADROOM_NOEXCEPT;
/* As headroom_free_aligned_sized. `bytes` is any size from the one asked for
 * to what headroom_nallocx said. */
HEADROOM_API void headroom_sdallocx(void* block, size_t bytes,
                                    int flags) HEADROOM_NOEXCEPT;

/* Gives free memory back to the kernel: the calling thread's cache, idle
 * blocks, then at least `bytes` bytes of free pages where there are as many.
 * Returns the bytes given back. */
HEADROOM_API size_t headroom_release_memory(size_t bytes) HEADROOM_NOEXCEPT;

/* Where every byte of the heap is. In bytes, headers included, but for counts.
 * heap == small_live + small_cached + small_central + small_uncut + large_live
 *       + free_dirty + free_clean, while no other thread is in the allocator.
 */
struct headroom_stats {
  uint64_t heap_bytes;          /* pages of the heap, from sbrk mostly */
  uint64_t small_live_bytes;    /* blocks of size classes in use */
  uint64_t small_cached_bytes;  /* free in threads' caches */
  uint64_t small_central_bytes; /* free in central lists */
  uint64_t small_uncut_bytes;   /* never cut into blocks yet */
  uint64_t large_live_bytes;    /* blocks of whole pages in use */
  uint64_t free_dirty_bytes;    /* free pages that the kernel backs */
  uint64_t free_clean_bytes;    /* free pages given back to the kernel */
  uint64_t mapping_bytes;       /* blocks in mappings of their own, in use */
  uint64_t mapping_count;       /* how many of those */
  uint64_t metadata_bytes;      /* what the heap needs for itself */
  uint64_t thread_cache_count;  /* threads with a cache */
  uint64_t kept_bytes;          /* of freed mappings, kept for new ones */
};

/* Fills the first `size` bytes of *stats, sizeof(struct headroom_stats) as the
 * caller was compiled; fields this library does not know become 0. Returns 0,
 * or EINVAL when stats is NULL. */
HEADROOM_API int headroom_stats(struct headroom_stats* stats,
                                size_t size) HEADROOM_NOEXCEPT;

/* A service's own lines at the end of every report of misuse: the request it
 * serves, its version.
 *
 * The hook runs once a report, on the thread that met the misuse, in the middle
 * of the free that it called or of a signal handler, with locks of the
 * allocator held perhaps and the heap damaged. So it must be async-signal-safe,
 * and neither allocate nor free; what it needs should lie ready in static
 * memory. It may call headroom_report_line. A misuse or crash in it ends the
 * process at once; what was reported before is out by then. */
struct headroom_report;
typedef void (*headroom_report_hook)(void* context,
                                     struct headroom_report* report);

/* Replaces the hook of the process; NULL for none. `context` is handed to it. A
 * report that another thread writes meanwhile may go without. */
HEADROOM_API void headroom_set_report_hook(headroom_report_hook hook,
                                           void* context) HEADROOM_NOEXCEPT;

/* Adds a line to the report: two spaces, `text`, a newline. Only in the hook,
 * with the report that the hook was given. Async-signal-safe. */
HEADROOM_API void headroom_report_line(struct headroom_report* report,
                                       const char* text) HEADROOM_NOEXCEPT;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* HEADROOM_ALLOCATOR_HEADROOM_H_ */
