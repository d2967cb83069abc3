// The contracts that several names share: malloc's, headroom_malloc's, new's.
//
// Role: argument checks and errno rules, written once; each function below is
//   what its C namesake and its headroom_ namesake do.
// Takes from: allocator.h. Gives to: c_api, cxx_api, headroom_api.
// Sources: C23 7.24.3, POSIX.1-2024, glibc 2.36's manual where both are
//   silent (realloc to 0 frees; memalign rounds the alignment up).
#ifndef HEADROOM_ALLOCATOR_OVERRIDE_CONTRACTS_H_
#define HEADROOM_ALLOCATOR_OVERRIDE_CONTRACTS_H_

#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "allocator/allocator.h"

#pragma GCC visibility push(hidden)

namespace headroom {

[[gnu::always_inline]] inline void* Malloc(size_t bytes) {
  return kProcessHeap.Allocate(CurrentThreadCache(), bytes);
}

// Inlined even in debug builds: a fault in it must lie in its caller's section.
template <Origin kOrigin = Origin::kMalloc>
[[gnu::always_inline]] inline void Free(void* block) {
  kProcessHeap.Free<kOrigin>(CurrentThreadCache(), block);
}

// `bytes` is what was asked for last; another size is reported.
template <Origin kOrigin = Origin::kMalloc>
[[gnu::always_inline]] inline void FreeSized(void* block, size_t bytes) {
  kProcessHeap.FreeSized<kOrigin>(CurrentThreadCache(), block, bytes);
}

// A block that has not this alignment is reported, and so is what is none.
template <Origin kOrigin>
[[gnu::always_inline]] inline void FreeAligned(void* block, size_t alignment) {
  if (!IsPowerOfTwo(alignment) ||
      reinterpret_cast<uintptr_t>(block) % alignment != 0) [[unlikely]] {
    ReportBadCall(Misuse::kWrongAlignment, block);
    return;
  }
  Free<kOrigin>(block);
}

[[gnu::always_inline]] inline void FreeAlignedSized(
    void* block, size_t alignment, size_t bytes,
    Origin origin = Origin::kMalloc) {
  if (block == nullptr) return;
  Heap::TouchHeader(block);
  kProcessHeap.FreeAlignedSized(CurrentThreadCache(), block, alignment, bytes,
                                origin);
}

// Null with errno set; a function so that callers can return it in one word.
[[gnu::cold]] inline void* Fail(int error) {
  errno = error;
  return nullptr;
}

inline void* Calloc(size_t count, size_t bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, bytes, &total)) [[unlikely]] {
    return Fail(ENOMEM);
  }
  return kProcessHeap.AllocateZeroed(CurrentThreadCache(), total);
}

// Inlined: as Free.
[[gnu::always_inline]] inline void* Realloc(void* block, size_t bytes) {
  if (block == nullptr) return Malloc(bytes);
  if (bytes == 0) {
    Free(block);
    return nullptr;
  }
  return kProcessHeap.Reallocate(CurrentThreadCache(), block, bytes);
}

[[gnu::always_inline]] inline void* ReallocArray(void* block, size_t count,
                                                 size_t bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, bytes, &total)) [[unlikely]] {
    return Fail(ENOMEM);
  }
  return Realloc(block, total);
}

// `alignment` is a power of two.
inline void* AllocateAligned(size_t alignment, size_t bytes,
                             Origin origin = Origin::kMalloc) {
  return kProcessHeap.AllocateAligned(CurrentThreadCache(), alignment, bytes,
                                      origin);
}

// As C23: an alignment that is not a power of two is EINVAL; `bytes` need not
// be a multiple of it.
inline void* AlignedAlloc(size_t alignment, size_t bytes) {
  if (!IsPowerOfTwo(alignment)) return Fail(EINVAL);
  return AllocateAligned(alignment, bytes);
}

// As glibc: an alignment that is not a power of two becomes the next one.
inline void* Memalign(size_t alignment, size_t bytes) {
  constexpr size_t kMaxPower = SIZE_MAX / 2 + 1;
  if (alignment > kMaxPower) return Fail(EINVAL);
  size_t power = kBlockAlignment;
  while (power < alignment) power *= 2;
  return AllocateAligned(power, bytes);
}

// As POSIX: the error is returned, errno and *result are left alone.
inline int PosixMemalign(void** result, size_t alignment, size_t bytes) {
  if (!IsPowerOfTwo(alignment) || alignment < sizeof(void*)) return EINVAL;
  const int kept_errno = errno;
  void* block = AllocateAligned(alignment, bytes);
  errno = kept_errno;
  if (block == nullptr) return ENOMEM;
  *result = block;
  return 0;
}

inline void* Valloc(size_t bytes) {
  return AllocateAligned(static_cast<size_t>(getpagesize()), bytes);
}

// Whole pages; at least one.
inline void* Pvalloc(size_t bytes) {
  const auto page = static_cast<size_t>(getpagesize());
  if (bytes > kMaxRequestBytes) return Fail(ENOMEM);
  return AllocateAligned(page, AlignUp(bytes == 0 ? 1 : bytes, page));
}

inline size_t UsableSize(const void* block) {
  return block == nullptr ? 0 : kProcessHeap.UsableBytes(block);
}

}  // namespace headroom

#pragma GCC visibility pop

#endif  // HEADROOM_ALLOCATOR_OVERRIDE_CONTRACTS_H_
