#include "fuzz/process/program/calls.h"

#include <malloc.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "allocator/headroom.h"
#include "fuzz/process/program/names.h"
#include "fuzz/process/program/tell.h"

namespace headroom {
namespace {

constexpr __hot_cold_t kHint{};
constexpr size_t kPage = 4096;
// Where a product of it and a count of 2 overflows.
constexpr size_t kHalf = SIZE_MAX / 2 + 1;
constexpr int kErrnoBefore = 77;

bool IsNew(Make make) { return make >= Make::kNew; }

void* Sized(__sized_ptr_t sized, size_t bytes) {
  Promise(sized.n >= bytes && sized.n == malloc_usable_size(sized.p),
          "size-returning new says the usable size");
  return sized.p;
}

void* New(Make make, size_t n, align_val_t a) {
  switch (make) {
    case Make::kNew:
      return ::operator new(n);
    case Make::kNewNothrow:
      return ::operator new(n, std::nothrow);
    case Make::kNewHotCold:
      return ::operator new(n, kHint);
    case Make::kNewNothrowHotCold:
      return ::operator new(n, std::nothrow, kHint);
    case Make::kSizeReturning:
      return Sized(__size_returning_new(n), n);
    case Make::kSizeReturningHotCold:
      return Sized(__size_returning_new_hot_cold(n, kHint), n);
    case Make::kNewArray:
      return ::operator new[](n);
    case Make::kNewArrayNothrow:
      return ::operator new[](n, std::nothrow);
    case Make::kNewArrayHotCold:
      return ::operator new[](n, kHint);
    case Make::kNewArrayNothrowHotCold:
      return ::operator new[](n, std::nothrow, kHint);
    case Make::kNewAligned:
      return ::operator new(n, a);
    case Make::kNewAlignedNothrow:
      return ::operator new(n, a, std::nothrow);
    case Make::kNewAlignedHotCold:
      return ::operator new(n, a, kHint);
    case Make::kNewAlignedNothrowHotCold:
      return ::operator new(n, a, std::nothrow, kHint);
    case Make::kSizeReturningAligned:
      return Sized(__size_returning_new_aligned(n, a), n);
    case Make::kSizeReturningAlignedHotCold:
      return Sized(__size_returning_new_aligned_hot_cold(n, a, kHint), n);
    case Make::kNewArrayAligned:
      return ::operator new[](n, a);
    case Make::kNewArrayAlignedNothrow:
      return ::operator new[](n, a, std::nothrow);
    case Make::kNewArrayAlignedHotCold:
      return ::operator new[](n, a, kHint);
    default:
      return ::operator new[](n, a, std::nothrow, kHint);
  }
}

bool IsNothrow(Make make) {
  switch (make) {
    case Make::kNewNothrow:
    case Make::kNewNothrowHotCold:
    case Make::kNewArrayNothrow:
    case Make::kNewArrayNothrowHotCold:
    case Make::kNewAlignedNothrow:
    case Make::kNewAlignedNothrowHotCold:
    case Make::kNewArrayAlignedNothrow:
    case Make::kNewArrayAlignedNothrowHotCold:
      return true;
    default:
      return false;
  }
}

Made MakeByNew(Make make, size_t size, size_t alignment) {
  const bool aligned = FamilyOf(make) >= Family::kNewAligned;
  Made made = {.requested = size, .alignment = aligned ? alignment : 0};
  made.bad_arguments = aligned && !std::has_single_bit(alignment);
  try {
    made.block = static_cast<char*>(New(make, size, align_val_t{alignment}));
    Promise(made.block != nullptr || IsNothrow(make),
            "operator new returns a block or throws");
  } catch (const std::bad_alloc&) {
    Promise(!IsNothrow(make), "a nothrow new does not throw");
  }
  return made;
}

// The result of memalign, with what it asks for.
Made MakeAligned(Make make, size_t size, size_t alignment) {
  Made made = {.requested = size, .alignment = alignment};
  const bool is_power = std::has_single_bit(alignment);
  void* block = nullptr;
  switch (make) {
    case Make::kAlignedAlloc:
    case Make::kHeadroomAlignedAlloc:
      made.bad_arguments = !is_power;
      block = make == Make::kAlignedAlloc
                  ? aligned_alloc(alignment, size)
                  : headroom_aligned_alloc(alignment, size);
      break;
    case Make::kPosixMemalign:
    case Make::kHeadroomPosixMemalign: {
      void* const kept = &made;
      block = kept;
      made.bad_arguments = !is_power || alignment < sizeof(void*);
      const int error = make == Make::kPosixMemalign
                            ? posix_memalign(&block, alignment, size)
                            : headroom_posix_memalign(&block, alignment, size);
      Promise(errno == kErrnoBefore, "posix_memalign leaves errno alone");
      Promise((error == 0) == (block != kept),
              "posix_memalign writes no result when it fails");
      if (error != 0) {
        Promise(error == (made.bad_arguments ? EINVAL : ENOMEM),
                "posix_memalign says what is wrong");
        errno = error;
        block = nullptr;
      }
      break;
    }
    default:
      made.bad_arguments = alignment > kHalf;
      block = make == Make::kMemalign ? memalign(alignment, size)
              : make == Make::kLibcMemalign
                  ? __libc_memalign(alignment, size)
                  : headroom_memalign(alignment, size);
      if (!made.bad_arguments) made.alignment = std::bit_ceil(alignment);
  }
  made.block = static_cast<char*>(block);
  return made;
}

Made MakeArray(Make make, size_t size, size_t count) {
  // What is absurd stays so: the product overflows.
  const size_t each = size < kHalf / 2 ? (size + count - 1) / count : size;
  Made made;
  if (__builtin_mul_overflow(count, each, &made.requested)) {
    made.requested = SIZE_MAX;
  }
  void* block = nullptr;
  made.zeroed = true;
  switch (make) {
    case Make::kCalloc:
      block = calloc(count, each);
      break;
    case Make::kLibcCalloc:
      block = __libc_calloc(count, each);
      break;
    case Make::kHeadroomCalloc:
      block = headroom_calloc(count, each);
      break;
    case Make::kReallocarray:
      made.zeroed = false;
      block = reallocarray(nullptr, count, each);
      break;
    default:
      made.zeroed = false;
      block = headroom_reallocarray(nullptr, count, each);
  }
  made.block = static_cast<char*>(block);
  return made;
}

Made MakePlain(Make make, size_t size) {
  Made made = {.requested = size};
  void* block = nullptr;
  switch (make) {
    case Make::kMalloc:
      block = malloc(size);
      break;
    case Make::kLibcMalloc:
      block = __libc_malloc(size);
      break;
    case Make::kHeadroomMalloc:
      block = headroom_malloc(size);
      break;
    case Make::kRealloc:
      block = realloc(nullptr, size);
      break;
    case Make::kLibcRealloc:
      block = __libc_realloc(nullptr, size);
      break;
    case Make::kHeadroomRealloc:
      block = headroom_realloc(nullptr, size);
      break;
    default: {
      const bool whole = make == Make::kPvalloc || make == Make::kLibcPvalloc;
      made.alignment = kPage;
      if (whole && size < kHalf) {
        made.requested = (size == 0 ? 1 : size) + kPage - 1;
        made.requested -= made.requested % kPage;
      }
      block = make == Make::kValloc       ? valloc(size)
              : make == Make::kLibcValloc ? __libc_valloc(size)
              : make == Make::kPvalloc    ? pvalloc(size)
                                          : __libc_pvalloc(size);
    }
  }
  made.block = static_cast<char*>(block);
  return made;
}

}  // namespace

Family FamilyOf(Make make) {
  if (make < Make::kNew) return Family::kMalloc;
  if (make < Make::kNewArray) return Family::kNew;
  if (make < Make::kNewAligned) return Family::kNewArray;
  if (make < Make::kNewArrayAligned) return Family::kNewAligned;
  return Family::kNewArrayAligned;
}

Made CallMake(Make make, size_t size, size_t alignment, size_t count) {
  if (IsNew(make)) return MakeByNew(make, size, alignment);
  errno = kErrnoBefore;
  Made made;
  switch (make) {
    case Make::kCalloc:
    case Make::kLibcCalloc:
    case Make::kHeadroomCalloc:
    case Make::kReallocarray:
    case Make::kHeadroomReallocarray:
      made = MakeArray(make, size, count);
      break;
    case Make::kAlignedAlloc:
    case Make::kHeadroomAlignedAlloc:
    case Make::kPosixMemalign:
    case Make::kHeadroomPosixMemalign:
    case Make::kMemalign:
    case Make::kLibcMemalign:
    case Make::kHeadroomMemalign:
      made = MakeAligned(make, size, alignment);
      break;
    default:
      made = MakePlain(make, size);
  }
  if (made.block == nullptr) {
    Promise(errno == (made.bad_arguments ? EINVAL : ENOMEM),
            "errno says why there is no block");
  }
  return made;
}

char* CallResize(int way, char* block, size_t size, size_t count,
                 size_t* requested) {
  errno = kErrnoBefore;
  const bool by_array = way % 5 == 1 || way % 5 == 4;
  const size_t each =
      by_array && size < kHalf / 2 ? (size + count - 1) / count : size;
  *requested = by_array ? count * each : size;
  if (by_array && size >= kHalf / 2) *requested = SIZE_MAX;
  void* moved;
  switch (way % 5) {
    case 0:
      moved = realloc(block, size);
      break;
    case 1:
      moved = reallocarray(block, count, each);
      break;
    case 2:
      moved = __libc_realloc(block, size);
      break;
    case 3:
      moved = headroom_realloc(block, size);
      break;
    default:
      moved = headroom_reallocarray(block, count, each);
  }
  Promise(moved != nullptr || errno == ENOMEM, "a realloc that fails says why");
  return static_cast<char*>(moved);
}

size_t CallUsableSize(int way, char* block) {
  return way % 2 == 0 ? malloc_usable_size(block) : headroom_usable_size(block);
}

}  // namespace headroom
