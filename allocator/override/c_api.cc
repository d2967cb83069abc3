// malloc and its family: the C names of a drop-in malloc, nothing else.
//
// Role: every allocating function of glibc's malloc.o, and C23's sized frees.
//   malloc and free are hit paths: a straight line to ret, a tail call on a
//   miss.
// Takes from: contracts. Gives to: the program.
// Thread-safety: all. Signal-safety: none, as POSIX says of malloc.
#include <malloc.h>

#include <cstddef>
#include <cstdlib>

#include "allocator/override/contracts.h"
#include "allocator/override/export.h"

extern "C" {

HEADROOM_EXPORT void* malloc(size_t bytes) noexcept {
  return headroom::Malloc(bytes);
}

HEADROOM_EXPORT_FREE void free(void* block) noexcept { headroom::Free(block); }

HEADROOM_EXPORT void* calloc(size_t count, size_t bytes) noexcept {
  return headroom::Calloc(count, bytes);
}

HEADROOM_EXPORT_FREE void* realloc(void* block, size_t bytes) noexcept {
  return headroom::Realloc(block, bytes);
}

HEADROOM_EXPORT_FREE void* reallocarray(void* block, size_t count,
                                        size_t bytes) noexcept {
  return headroom::ReallocArray(block, count, bytes);
}

HEADROOM_EXPORT_FREE void free_sized(void* block, size_t bytes) noexcept {
  headroom::FreeSized(block, bytes);
}

HEADROOM_EXPORT_FREE void free_aligned_sized(void* block, size_t alignment,
                                             size_t bytes) noexcept {
  headroom::FreeAlignedSized(block, alignment, bytes);
}

HEADROOM_EXPORT_FREE void cfree(void* block) noexcept { headroom::Free(block); }

HEADROOM_EXPORT void* aligned_alloc(size_t alignment, size_t bytes) noexcept {
  return headroom::AlignedAlloc(alignment, bytes);
}

HEADROOM_EXPORT void* memalign(size_t alignment, size_t bytes) noexcept {
  return headroom::Memalign(alignment, bytes);
}

HEADROOM_EXPORT int posix_memalign(void** result, size_t alignment,
                                   size_t bytes) noexcept {
  return headroom::PosixMemalign(result, alignment, bytes);
}

HEADROOM_EXPORT void* valloc(size_t bytes) noexcept {
  return headroom::Valloc(bytes);
}

HEADROOM_EXPORT void* pvalloc(size_t bytes) noexcept {
  return headroom::Pvalloc(bytes);
}

HEADROOM_EXPORT size_t malloc_usable_size(void* block) noexcept {
  return headroom::UsableSize(block);
}

}  // extern "C"
