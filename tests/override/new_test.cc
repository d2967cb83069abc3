// operator new and delete: every form of [new.delete], the new_handler's loop,
// and the forms that compilers add.
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

// What clang and libc++ call. NOLINTBEGIN(bugprone-reserved-identifier)
enum class __hot_cold_t : uint8_t {};
struct __sized_ptr_t {
  void* p;
  size_t n;
};
extern "C" {
__sized_ptr_t __size_returning_new(size_t);
__sized_ptr_t __size_returning_new_aligned(size_t, std::align_val_t);
__sized_ptr_t __size_returning_new_hot_cold(size_t, __hot_cold_t);
__sized_ptr_t __size_returning_new_aligned_hot_cold(size_t, std::align_val_t,
                                                    __hot_cold_t);
}
void* operator new(size_t, __hot_cold_t);
void* operator new[](size_t, __hot_cold_t);
void* operator new(size_t, const std::nothrow_t&, __hot_cold_t) noexcept;
void* operator new[](size_t, const std::nothrow_t&, __hot_cold_t) noexcept;
void* operator new(size_t, std::align_val_t, __hot_cold_t);
void* operator new[](size_t, std::align_val_t, __hot_cold_t);
void* operator new(size_t, std::align_val_t, const std::nothrow_t&,
                   __hot_cold_t) noexcept;
void* operator new[](size_t, std::align_val_t, const std::nothrow_t&,
                     __hot_cold_t) noexcept;
// NOLINTEND(bugprone-reserved-identifier)

namespace headroom {
namespace {

using std::align_val_t;
using std::nothrow;

constexpr size_t kSizes[] = {0, 1, 24, 25, 1000, 40000, 9000000};
constexpr size_t kHuge = SIZE_MAX - 100;
constexpr __hot_cold_t kCold{};

uint64_t LiveBytes() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

void* CheckBlock(void* block, size_t alignment, size_t bytes) {
  EXPECT_NE(block, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
  Fill(block, bytes, 3);
  return block;
}

TEST(NewTest, EveryPlainFormAllocates) {
  const uint64_t before = LiveBytes();
  for (const size_t n : kSizes) {
    ::operator delete(CheckBlock(::operator new(Opaque(n)), 16, n));
    ::operator delete(CheckBlock(::operator new(Opaque(n)), 16, n), n);
    ::operator delete(CheckBlock(::operator new(Opaque(n), nothrow), 16, n),
                      nothrow);
    ::operator delete[](CheckBlock(::operator new[](Opaque(n)), 16, n));
    ::operator delete[](CheckBlock(::operator new[](Opaque(n)), 16, n), n);
    ::operator delete[](CheckBlock(::operator new[](Opaque(n), nothrow), 16, n),
                        nothrow);
    ::operator delete(CheckBlock(::operator new(n, kCold), 16, n));
    ::operator delete[](CheckBlock(::operator new[](n, kCold), 16, n));
    ::operator delete(CheckBlock(::operator new(n, nothrow, kCold), 16, n));
    ::operator delete[](CheckBlock(::operator new[](n, nothrow, kCold), 16, n));
  }
  EXPECT_EQ(LiveBytes(), before);
}

TEST(NewTest, EveryAlignedFormAllocates) {
  const uint64_t before = LiveBytes();
  for (size_t alignment = 1; alignment <= 1 << 20; alignment *= 2) {
    const auto a = static_cast<align_val_t>(alignment);
    for (const size_t n : kSizes) {
      const auto check = [&](void* p) { return CheckBlock(p, alignment, n); };
      ::operator delete(check(::operator new(n, a)), a);
      ::operator delete(check(::operator new(n, a)), n, a);
      ::operator delete(check(::operator new(n, a, nothrow)), a, nothrow);
      ::operator delete[](check(::operator new[](n, a)), a);
      ::operator delete[](check(::operator new[](n, a)), n, a);
      ::operator delete[](check(::operator new[](n, a, nothrow)), a, nothrow);
      ::operator delete(check(::operator new(n, a, kCold)), a);
      ::operator delete[](check(::operator new[](n, a, kCold)), a);
      ::operator delete(check(::operator new(n, a, nothrow, kCold)), a);
      ::operator delete[](check(::operator new[](n, a, nothrow, kCold)), a);
    }
  }
  EXPECT_EQ(LiveBytes(), before);
}

TEST(NewTest, DeleteTakesNullAndKeepsErrno) {
  errno = E2BIG;
  ::operator delete(nullptr);
  ::operator delete[](nullptr);
  ::operator delete(nullptr, size_t{8});
  ::operator delete(nullptr, align_val_t{64});
  ::operator delete[](nullptr, nothrow);
  ::operator delete(Opaque(::operator new(9000000)));
  EXPECT_EQ(errno, E2BIG);
}

TEST(NewTest, SizeReturningFormsTellTheWholeBlock) {
  const auto check = [](__sized_ptr_t sized, size_t n) {
    EXPECT_GE(sized.n, n);
    EXPECT_EQ(sized.n, headroom_usable_size(sized.p));
    Fill(sized.p, sized.n, 1);
    return sized;
  };
  for (const size_t n : kSizes) {
    for (const __sized_ptr_t sized :
         {__size_returning_new(n), __size_returning_new_hot_cold(n, kCold)}) {
      ::operator delete(sized.p, check(sized, n).n);
    }
    for (const size_t alignment : {size_t{256}, size_t{1} << 20}) {
      const align_val_t a{alignment};
      for (const __sized_ptr_t sized :
           {__size_returning_new_aligned(n, a),
            __size_returning_new_aligned_hot_cold(n, a, kCold)}) {
        ::operator delete(sized.p, check(sized, n).n, a);
      }
    }
  }
  EXPECT_THROW(__size_returning_new(Opaque(kHuge)), std::bad_alloc);
  EXPECT_THROW(__size_returning_new_aligned(Opaque(kHuge), align_val_t{64}),
               std::bad_alloc);
}

TEST(NewTest, OutOfMemoryThrowsBadAlloc) {
  const align_val_t a{64};
  EXPECT_THROW((void)::operator new(Opaque(kHuge)), std::bad_alloc);
  EXPECT_THROW((void)::operator new[](Opaque(kHuge)), std::bad_alloc);
  EXPECT_THROW((void)::operator new(Opaque(kHuge), a), std::bad_alloc);
  EXPECT_THROW((void)::operator new[](Opaque(kHuge), a), std::bad_alloc);
  EXPECT_THROW((void)::operator new(Opaque(kHuge), kCold), std::bad_alloc);
  EXPECT_THROW((void)::operator new[](Opaque(kHuge), a, kCold), std::bad_alloc);
  EXPECT_THROW((void)::operator new(8, align_val_t{Opaque(size_t{48})}),
               std::bad_alloc);
}

TEST(NewTest, OutOfMemoryIsNullForNothrow) {
  const align_val_t a{64};
  EXPECT_EQ(::operator new(Opaque(kHuge), nothrow), nullptr);
  EXPECT_EQ(::operator new[](Opaque(kHuge), nothrow), nullptr);
  EXPECT_EQ(::operator new(Opaque(kHuge), a, nothrow), nullptr);
  EXPECT_EQ(::operator new[](Opaque(kHuge), a, nothrow), nullptr);
  EXPECT_EQ(::operator new(Opaque(kHuge), nothrow, kCold), nullptr);
  EXPECT_EQ(::operator new[](Opaque(kHuge), a, nothrow, kCold), nullptr);
}

int handler_calls = 0;

class NewHandlerTest : public testing::Test {
 protected:
  NewHandlerTest() { handler_calls = 0; }
  ~NewHandlerTest() override { std::set_new_handler(nullptr); }
};

void RemoveItselfAtTheThirdCall() {
  if (++handler_calls == 3) std::set_new_handler(nullptr);
}

TEST_F(NewHandlerTest, IsCalledUntilItIsGone) {
  std::set_new_handler(&RemoveItselfAtTheThirdCall);
  EXPECT_THROW((void)::operator new(Opaque(kHuge)), std::bad_alloc);
  EXPECT_EQ(handler_calls, 3);
}

TEST_F(NewHandlerTest, IsCalledByTheAlignedAndTheNothrowForms) {
  std::set_new_handler(&RemoveItselfAtTheThirdCall);
  EXPECT_THROW((void)::operator new[](Opaque(kHuge), align_val_t{64}),
               std::bad_alloc);
  EXPECT_EQ(handler_calls, 3);
  handler_calls = 0;
  std::set_new_handler(&RemoveItselfAtTheThirdCall);
  EXPECT_EQ(::operator new(Opaque(kHuge), nothrow), nullptr);
  EXPECT_EQ(handler_calls, 3);
}

void ThrowBadAlloc() {
  ++handler_calls;
  throw std::bad_alloc();
}

TEST_F(NewHandlerTest, MayGiveUpByThrowing) {
  std::set_new_handler(&ThrowBadAlloc);
  EXPECT_THROW((void)::operator new(Opaque(kHuge)), std::bad_alloc);
  EXPECT_EQ(::operator new(Opaque(kHuge), nothrow), nullptr);
  EXPECT_EQ(::operator new[](Opaque(kHuge), align_val_t{64}, nothrow), nullptr);
  EXPECT_EQ(handler_calls, 3);
}

void ThrowAnother() { throw std::runtime_error("handler"); }

TEST_F(NewHandlerTest, ItsExceptionPassesThrough) {
  std::set_new_handler(&ThrowAnother);
  EXPECT_THROW((void)::operator new(Opaque(kHuge)), std::runtime_error);
  EXPECT_THROW((void)::operator new(Opaque(kHuge), align_val_t{64}),
               std::runtime_error);
}

TEST_F(NewHandlerTest, IsNotCalledByMalloc) {
  std::set_new_handler(&ThrowBadAlloc);
  EXPECT_EQ(malloc(Opaque(kHuge)), nullptr);
  EXPECT_EQ(handler_calls, 0);
}

}  // namespace
}  // namespace headroom
