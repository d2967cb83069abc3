// The names by which programs reach past an interposed malloc.
//
// Role: the __libc_ names that glibc's libc.so exports; whoever calls one must
//   meet the same heap as malloc's callers, or a free would meet a stranger.
// Takes from: contracts. Gives to: the program.
#include <cstddef>

#include "allocator/override/contracts.h"
#include "allocator/override/export.h"

extern "C" {

HEADROOM_EXPORT void* __libc_malloc(size_t bytes) noexcept {
  return headroom::Malloc(bytes);
}

HEADROOM_EXPORT_FREE void __libc_free(void* block) noexcept {
  headroom::Free(block);
}

HEADROOM_EXPORT void* __libc_calloc(size_t count, size_t bytes) noexcept {
  return headroom::Calloc(count, bytes);
}

HEADROOM_EXPORT_FREE void* __libc_realloc(void* block, size_t bytes) noexcept {
  return headroom::Realloc(block, bytes);
}

HEADROOM_EXPORT void* __libc_memalign(size_t alignment, size_t bytes) noexcept {
  return headroom::Memalign(alignment, bytes);
}

HEADROOM_EXPORT void* __libc_valloc(size_t bytes) noexcept {
  return headroom::Valloc(bytes);
}

HEADROOM_EXPORT void* __libc_pvalloc(size_t bytes) noexcept {
  return headroom::Pvalloc(bytes);
}

}  // extern "C"
