// Units every layer speaks: pages, page counts, alignments, memory ranges.
//
// Role: strong types, so that a page number is never taken for a byte count;
//   a conversion that rounds says so in its name.
// Takes from: nothing. Gives to: everyone.
#ifndef HEADROOM_ALLOCATOR_BASE_UNITS_H_
#define HEADROOM_ALLOCATOR_BASE_UNITS_H_

#include <compare>
#include <cstddef>
#include <cstdint>

namespace headroom {

#if defined(__aarch64__)
inline constexpr int kAddressBits = 48;
#else
inline constexpr int kAddressBits = 47;
#endif

// What every block is aligned to: the largest fundamental alignment.
inline constexpr size_t kBlockAlignment = 16;
inline constexpr size_t kHeaderBytes = 8;

// A page of ours; two pages of the kernel's.
inline constexpr int kPageShift = 13;
inline constexpr size_t kPageBytes = size_t{1} << kPageShift;
inline constexpr size_t kKernelPageBytes = 4096;

// Larger requests fail at once, as in glibc: pointer differences in the
// block must fit ptrdiff_t.
inline constexpr size_t kMaxRequestBytes = PTRDIFF_MAX - 2 * kPageBytes;

struct PageCount {
  size_t value = 0;
  constexpr size_t bytes() const { return value << kPageShift; }
  friend constexpr auto operator<=>(PageCount, PageCount) = default;
  friend constexpr PageCount operator+(PageCount a, PageCount b) {
    return {a.value + b.value};
  }
  friend constexpr PageCount operator-(PageCount a, PageCount b) {
    return {a.value - b.value};
  }
};

struct PageId {
  uintptr_t value = 0;
  constexpr uintptr_t address() const { return value << kPageShift; }
  friend constexpr auto operator<=>(PageId, PageId) = default;
  friend constexpr PageId operator+(PageId p, PageCount n) {
    return {p.value + n.value};
  }
  friend constexpr PageId operator-(PageId p, PageCount n) {
    return {p.value - n.value};
  }
  friend constexpr PageCount operator-(PageId a, PageId b) {
    return {a.value - b.value};
  }
};

inline constexpr PageId PageContaining(uintptr_t address) {
  return {address >> kPageShift};
}
inline PageId PageContaining(const void* p) {
  return PageContaining(reinterpret_cast<uintptr_t>(p));
}
inline constexpr PageCount BytesToPagesCeil(size_t bytes) {
  return {(bytes + kPageBytes - 1) >> kPageShift};
}
inline constexpr PageCount BytesToPagesFloor(size_t bytes) {
  return {bytes >> kPageShift};
}

inline constexpr bool IsPowerOfTwo(size_t n) {
  return n != 0 && (n & (n - 1)) == 0;
}
// `alignment` is a power of two; wraps when the result exceeds 2^64.
inline constexpr uintptr_t AlignUp(uintptr_t n, size_t alignment) {
  return (n + alignment - 1) & ~(uintptr_t{alignment} - 1);
}
inline constexpr uintptr_t AlignDown(uintptr_t n, size_t alignment) {
  return n & ~(uintptr_t{alignment} - 1);
}

// Half-open range of memory; empty when `bytes` is 0.
struct MemoryRange {
  uintptr_t start = 0;
  size_t bytes = 0;
  constexpr uintptr_t end() const { return start + bytes; }
  constexpr bool empty() const { return bytes == 0; }
  friend constexpr bool operator==(MemoryRange, MemoryRange) = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_UNITS_H_
