// Forms of operator new that compilers call beyond the standard.
//
// Role: size-returning new (WG21 P0901, as clang and libc++ know it) tells the
//   caller its whole block; hot/cold new carries a profile's hint, which this
//   heap has no use for.
// Takes from: new_operators. Gives to: the program. Thread-safety: all.
// Source: LLVM's list of library functions.
#include <cstddef>
#include <cstdint>
#include <new>

#include "allocator/override/export.h"
#include "allocator/override/new_operators.h"

using headroom::New;
using headroom::NewAligned;
using headroom::Origin;
using std::align_val_t;
using std::nothrow_t;

// Names of the interface. NOLINTBEGIN(bugprone-reserved-identifier)
enum class __hot_cold_t : uint8_t {};
struct __sized_ptr_t {
  void* p;
  size_t n;
};

namespace {

__sized_ptr_t Sized(void* block) {
  return {block, headroom::kProcessHeap.UsableBytes(block)};
}

}  // namespace

extern "C" {

HEADROOM_EXPORT __sized_ptr_t __size_returning_new(size_t bytes) {
  return Sized(New<Origin::kNew>(bytes));
}
HEADROOM_EXPORT __sized_ptr_t __size_returning_new_aligned(size_t bytes,
                                                           align_val_t a) {
  return Sized(NewAligned<Origin::kNewAligned>(bytes, a));
}
HEADROOM_EXPORT __sized_ptr_t __size_returning_new_hot_cold(size_t bytes,
                                                            __hot_cold_t) {
  return Sized(New<Origin::kNew>(bytes));
}
HEADROOM_EXPORT __sized_ptr_t __size_returning_new_aligned_hot_cold(
    size_t bytes, align_val_t a, __hot_cold_t) {
  return Sized(NewAligned<Origin::kNewAligned>(bytes, a));
}

}  // extern "C"

HEADROOM_EXPORT void* operator new(size_t bytes, __hot_cold_t) {
  return New<Origin::kNew>(bytes);
}
HEADROOM_EXPORT void* operator new[](size_t bytes, __hot_cold_t) {
  return New<Origin::kNewArray>(bytes);
}
HEADROOM_EXPORT void* operator new(size_t bytes, const nothrow_t& t,
                                   __hot_cold_t) noexcept {
  return New<Origin::kNew>(bytes, t);
}
HEADROOM_EXPORT void* operator new[](size_t bytes, const nothrow_t& t,
                                     __hot_cold_t) noexcept {
  return New<Origin::kNewArray>(bytes, t);
}
HEADROOM_EXPORT void* operator new(size_t bytes, align_val_t a, __hot_cold_t) {
  return NewAligned<Origin::kNewAligned>(bytes, a);
}
HEADROOM_EXPORT void* operator new[](size_t bytes, align_val_t a,
                                     __hot_cold_t) {
  return NewAligned<Origin::kNewArrayAligned>(bytes, a);
}
HEADROOM_EXPORT void* operator new(size_t bytes, align_val_t a,
                                   const nothrow_t& t, __hot_cold_t) noexcept {
  return NewAligned<Origin::kNewAligned>(bytes, a, t);
}
HEADROOM_EXPORT void* operator new[](size_t bytes, align_val_t a,
                                     const nothrow_t& t,
                                     __hot_cold_t) noexcept {
  return NewAligned<Origin::kNewArrayAligned>(bytes, a, t);
}
// NOLINTEND(bugprone-reserved-identifier)
