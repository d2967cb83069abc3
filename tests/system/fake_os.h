// A kernel in arithmetic, for tests of the system heap.
//
// Role: keeps a break, the break that libc believes in, mappings and limits,
//   without any memory behind them. Misbehaves on demand: see the knobs. Lets
//   a test play the other users of the break, and says whether a range is
//   really there and nobody else's.
#ifndef HEADROOM_TESTS_SYSTEM_FAKE_OS_H_
#define HEADROOM_TESTS_SYSTEM_FAKE_OS_H_

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "allocator/base/units.h"
#include "allocator/system/os.h"
#include "tests/system/interval_set.h"

namespace headroom {

class FakeOs final : public Os {
 public:
  // Knobs.
  uintptr_t break_ceiling = uintptr_t{1} << 46;  // a mapping lies there
  size_t data_limit = SIZE_MAX;     // RLIMIT_DATA: break and mappings
  size_t address_limit = SIZE_MAX;  // RLIMIT_AS
  bool sbrk_works = true;           // false: dlmopen, musl, seccomp
  bool map_works = true;
  bool unmap_works = true;
  bool move_works = true;
  bool protect_works = true;
  int fail_call = 0;                  // the n-th call from now fails; 0: none
  std::function<void()> before_move;  // runs once, before the break moves

  // Counts of the heap's calls.
  int sbrk_calls = 0;  // that move the break
  int map_calls = 0;
  int move_calls = 0;
  intptr_t largest_increment = 0;
  intptr_t smallest_increment = INTPTR_MAX;
  int map_refusals = 0;
  int unmap_refusals = 0;
  size_t sbrk_bytes = 0;  // by which the heap's calls moved the break

  explicit FakeOs(uintptr_t break_start = uintptr_t{1} << 32)
      : break_start_(break_start),
        kernel_break_(break_start),
        libc_break_(break_start) {}

  uintptr_t Sbrk(intptr_t increment) override {
    if (increment == 0) {
      return sbrk_works ? libc_break_ : (errno = ENOMEM, kSbrkFailed);
    }
    if (before_move) std::exchange(before_move, nullptr)();
    ++sbrk_calls;
    largest_increment = std::max(largest_increment, increment);
    smallest_increment = std::min(smallest_increment, increment);
    if (CallFails()) return kSbrkFailed;
    const uintptr_t old = MoveBreak(increment);
    if (old != kSbrkFailed) sbrk_bytes += static_cast<size_t>(increment);
    return old;
  }

  uintptr_t KernelBreak() override { return kernel_break_; }

  uintptr_t Map(size_t bytes) override {
    ++map_calls;
    if (CallFails() || !map_works || ExceedsLimits(bytes)) {
      ++map_refusals;
      errno = ENOMEM;
      return 0;
    }
    // Top down, as Linux does.
    map_bottom_ -= bytes;
    mappings_.Add({map_bottom_, bytes});
    errno = EAGAIN;
    return map_bottom_;
  }

  bool Unmap(uintptr_t start, size_t bytes) override {
    if (CallFails() || !unmap_works) {
      ++unmap_refusals;
      return errno = ENOMEM, false;
    }
    if (!mappings_.Contains({start, bytes})) return ++stray_calls, false;
    mappings_.Remove({start, bytes});
    protected_.Remove({start, bytes});
    return true;
  }

  uintptr_t Remap(uintptr_t start, size_t old_bytes,
                  size_t new_bytes) override {
    const MemoryRange old{start, old_bytes};
    if (!mappings_.Contains(old)) return ++stray_calls, 0;
    const bool grows = new_bytes > old_bytes;
    if (CallFails() || (grows && (!map_works || ExceedsLimits(new_bytes)))) {
      ++map_refusals;
      return errno = ENOMEM, 0;
    }
    mappings_.Remove(old);
    protected_.Remove(old);
    if (grows) start = map_bottom_ -= new_bytes;
    mappings_.Add({start, new_bytes});
    return start;
  }

  uintptr_t Move(uintptr_t start, size_t old_bytes, size_t new_bytes,
                 uintptr_t target) override {
    const MemoryRange old{start, old_bytes};
    const MemoryRange moved{target, new_bytes};
    ++move_calls;
    if (!mappings_.Contains(old)) return ++stray_calls, 0;
    if (CallFails() || !move_works || mappings_.Overlaps(moved)) {
      return errno = EEXIST, 0;
    }
    mappings_.Remove(old);
    protected_.Remove(old);
    mappings_.Add(moved);
    return target;
  }

  bool Decommit(uintptr_t start, size_t bytes) override {
    if (CallFails()) return errno = EINVAL, false;
    if (!IsThere({start, bytes})) return ++stray_calls, false;
    return true;
  }

  bool Protect(uintptr_t start, size_t bytes, bool accessible) override {
    if (CallFails() || !protect_works) return errno = ENOMEM, false;
    if (!IsThere({start, bytes})) return ++stray_calls, false;
    SetProtected({start, bytes}, !accessible);
    return true;
  }

  // Somebody else in the process calls libc's sbrk; negative: shrinks.
  uintptr_t ForeignSbrk(intptr_t increment) {
    const uintptr_t old = MoveBreak(increment);
    if (old != kSbrkFailed && increment > 0) {
      foreign_.Add({old, static_cast<size_t>(increment)});
    }
    return old;
  }
  // Somebody else makes the system call, behind libc's back.
  void ForeignRawBrk(intptr_t increment) {
    if (increment > 0) {
      foreign_.Add({kernel_break_, static_cast<size_t>(increment)});
    }
    Forget(kernel_break_ + increment);
    kernel_break_ += increment;
  }
  void MapForeignAtBreak() { break_ceiling = kernel_break_; }

  bool IsThere(MemoryRange range) const {
    return (range.start >= break_start_ && range.end() <= kernel_break_) ||
           mappings_.Contains(range);
  }
  bool IsForeign(MemoryRange range) const { return foreign_.Overlaps(range); }
  bool IsAccessible(MemoryRange range) const {
    return IsThere(range) && !protected_.Overlaps(range);
  }
  bool IsProtected(uintptr_t page) const {
    return protected_.Contains({page, kKernelPageBytes});
  }
  uintptr_t break_start() const { return break_start_; }
  uintptr_t break_end() const { return kernel_break_; }
  uintptr_t libc_break() const { return libc_break_; }
  size_t mapped_bytes() const { return mappings_.bytes(); }

  int stray_calls = 0;  // for memory that is not there

 private:
  void SetProtected(MemoryRange range, bool is_protected) {
    is_protected ? protected_.Add(range) : protected_.Remove(range);
  }

  // What lies above the break is nobody's.
  void Forget(uintptr_t target) {
    if (target >= kernel_break_) return;
    foreign_.Remove({target, kernel_break_ - target});
    protected_.Remove({target, kernel_break_ - target});
  }

  bool CallFails() { return fail_call != 0 && --fail_call == 0; }

  bool ExceedsLimits(size_t more) const {
    const size_t used = kernel_break_ - break_start_ + mapped_bytes();
    return more > data_limit - std::min(used, data_limit) ||
           more > address_limit - std::min(used, address_limit) ||
           more > map_bottom_ - kMapFloor;
  }

  // What glibc's sbrk does: moves from where libc believes the break to be.
  uintptr_t MoveBreak(intptr_t increment) {
    const uintptr_t old = libc_break_;
    const uintptr_t target = old + increment;
    const bool grows = increment > 0;
    if (!sbrk_works || (grows && (target < old || target > break_ceiling)) ||
        (grows && ExceedsLimits(increment))) {
      errno = ENOMEM;
      return kSbrkFailed;
    }
    Forget(target);
    kernel_break_ = libc_break_ = target;
    errno = EAGAIN;
    return old;
  }

  // The end of the highest address space a break may have.
  static constexpr uintptr_t kMapFloor = uintptr_t{1} << 46;

  const uintptr_t break_start_;
  uintptr_t kernel_break_;
  uintptr_t libc_break_;
  // Not on a page of ours, so that alignment has to be worked for.
  uintptr_t map_bottom_ = (uintptr_t{1} << 47) - kKernelPageBytes;
  IntervalSet mappings_;
  IntervalSet protected_;
  IntervalSet foreign_;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_SYSTEM_FAKE_OS_H_
