// The ways to give a block up.
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "allocator/headroom.h"
#include "fuzz/process/program/calls.h"
#include "fuzz/process/program/names.h"
#include "fuzz/process/program/tell.h"

namespace headroom {
namespace {

constexpr int kErrnoBefore = 77;

// Those of malloc's family that take no size. Not inlined: the compiler sees
// mismatches where there are none.
constexpr int kUnsizedWays = 9;

[[gnu::noinline]] void FreeByMalloc(int way, char* block) {
  void* left = nullptr;
  switch (way) {
    case 0:
      return free(block);
    case 1:
      return cfree(block);
    case 2:
      return __libc_free(block);
    case 3:
      return headroom_free(block);
    case 4:
      left = realloc(block, 0);
      break;
    case 5:
      left = reallocarray(block, 0, 8);
      break;
    case 6:
      left = __libc_realloc(block, 0);
      break;
    case 7:
      left = headroom_realloc(block, 0);
      break;
    default:
      left = headroom_reallocarray(block, 8, 0);
  }
  Promise(left == nullptr, "a realloc to 0 returns null");
}

// With `if`: clang 22 calls both sides of a conditional operator whose values
// are two deletes.
[[gnu::noinline]] void FreeByDelete(Family family, bool nothrow, char* block,
                                    align_val_t a) {
  switch (family) {
    case Family::kMalloc:
      break;
    case Family::kNew:
      if (nothrow) return ::operator delete(block, std::nothrow);
      return ::operator delete(block);
    case Family::kNewArray:
      if (nothrow) return ::operator delete[](block, std::nothrow);
      return ::operator delete[](block);
    case Family::kNewAligned:
      if (nothrow) return ::operator delete(block, a, std::nothrow);
      return ::operator delete(block, a);
    case Family::kNewArrayAligned:
      if (nothrow) return ::operator delete[](block, a, std::nothrow);
      return ::operator delete[](block, a);
  }
}

}  // namespace

int WaysToFree(Family family) { return family == Family::kMalloc ? 14 : 3; }

void CallFree(Family family, int way, char* block, size_t size,
              size_t alignment) {
  way %= WaysToFree(family);
  errno = kErrnoBefore;
  if (family == Family::kMalloc) {
    if (way < kUnsizedWays) {
      FreeByMalloc(way, block);
    } else {
      CallFreeSized(family, way, block, size, alignment);
    }
  } else if (way == 0) {
    CallFreeSized(family, way, block, size, alignment);
  } else {
    FreeByDelete(family, way == 2, block, std::align_val_t{alignment});
  }
  Promise(errno == kErrnoBefore, "a free keeps errno");
}

void CallFreeSized(Family family, int way, char* block, size_t size,
                   size_t alignment) {
  switch (family) {
    case Family::kMalloc:
      break;
    case Family::kNew:
      return ::operator delete(block, size);
    case Family::kNewArray:
      return ::operator delete[](block, size);
    case Family::kNewAligned:
      return ::operator delete(block, size, align_val_t{alignment});
    case Family::kNewArrayAligned:
      return ::operator delete[](block, size, align_val_t{alignment});
  }
  const bool aligned = alignment > 1;
  const size_t a = aligned ? alignment : 1;
  switch (way % 5) {
    case 0:
      if (aligned) return free_aligned_sized(block, a, size);
      return free_sized(block, size);
    case 1:
      if (aligned) return headroom_free_aligned_sized(block, a, size);
      return headroom_free_sized(block, size);
    case 2:
      return free_aligned_sized(block, a, size);
    case 3:
      return headroom_free_aligned_sized(block, a, size);
    default:
      headroom_sdallocx(block, size, HEADROOM_LG_ALIGN(std::countr_zero(a)));
  }
}

void CallFreeAligned(int way, char* block, size_t size, size_t alignment) {
  const align_val_t a{alignment};
  switch (way % 8) {
    case 0:
      return ::operator delete(block, a);
    case 1:
      return ::operator delete[](block, a);
    case 2:
      return ::operator delete(block, a, std::nothrow);
    case 3:
      return ::operator delete[](block, a, std::nothrow);
    case 4:
      return ::operator delete(block, size, a);
    case 5:
      return ::operator delete[](block, size, a);
    case 6:
      return free_aligned_sized(block, alignment, size);
    default:
      headroom_free_aligned_sized(block, alignment, size);
  }
}

}  // namespace headroom
