// A memory source of real memory that fails on demand, for tests of what
// stands above the system layer.
//
// Role: cuts heap ranges from the bottom and mappings from the top of one
//   reservation. Checks that only what it gave comes back; decommitted and
//   unmapped memory really reads as zero again, unmapped addresses are used
//   again, and an access to protected pages really faults. Thread-safe.
#ifndef HEADROOM_TESTS_SYSTEM_FAKE_MEMORY_SOURCE_H_
#define HEADROOM_TESTS_SYSTEM_FAKE_MEMORY_SOURCE_H_

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "allocator/base/units.h"
#include "allocator/system/memory_source.h"

namespace headroom {

class FakeMemorySource final : public MemorySource {
 public:
  // Knobs. Set them while no other thread is in here.
  int fail_call = 0;       // the n-th Grow or Resize from now; 0: none
  bool grow_works = true;  // Grow and Resize
  bool release_works = true;
  bool refuse_decommit = false;
  int fail_access_change = 0;  // the n-th kProtect or kUnprotect; 0: none
  size_t grow_gap = 0;         // left between heap ranges: not contiguous
  size_t grow_surplus = 0;     // heap ranges come back so much larger
  bool resize_moves = true;    // otherwise only in place
  bool moves = true;
  // Told of each heap range given and of each range decommitted.
  std::function<void(MemoryRange)> on_heap_growth;
  std::function<void(MemoryRange)> on_decommit;

  // Counts.
  int grow_calls = 0;
  int release_calls = 0;
  int move_calls = 0;
  int access_changes = 0;
  size_t heap_bytes = 0;
  size_t mapped_bytes = 0;
  size_t decommitted_bytes = 0;
  size_t largest_decommit = 0;
  bool abused = false;  // somebody gave back what it did not have

  explicit FakeMemorySource(size_t bytes = size_t{8} << 30) : bytes_(bytes) {
    base_ = reinterpret_cast<uintptr_t>(
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    if (reinterpret_cast<void*>(base_) == MAP_FAILED) abort();
    bottom_ = base_;
    top_ = base_ + bytes;
  }
  ~FakeMemorySource() { munmap(reinterpret_cast<void*>(base_), bytes_); }

  MemoryRange Grow(size_t bytes, size_t alignment, GrowKind kind) override {
    const std::lock_guard<std::mutex> guard(mutex_);
    ++grow_calls;
    if (CallFails() || bytes > bytes_ || alignment > bytes_) return {};
    return kind == GrowKind::kHeap ? GrowHeap(bytes, alignment)
                                   : NewMapping(bytes, alignment);
  }

  bool Release(MemoryRange range, ReleaseMode mode) override {
    const std::lock_guard<std::mutex> guard(mutex_);
    ++release_calls;
    if (!Owns(range)) abused = true;
    if (!release_works || abused) return false;
    if (mode == ReleaseMode::kProtect) return SetAccess(range, false);
    if (mode == ReleaseMode::kUnprotect) return SetAccess(range, true);
    if (mode == ReleaseMode::kDecommit && refuse_decommit) return false;
    Zero(range);
    if (mode == ReleaseMode::kUnmap) {
      if (!RemoveFromMapping(range)) return false;
      ChangeAccess(range, true);
      mapped_bytes -= range.bytes;
      return true;
    }
    if (on_decommit) on_decommit(range);
    decommitted_bytes += range.bytes;
    largest_decommit = std::max(largest_decommit, range.bytes);
    return true;
  }

  MemoryRange Resize(MemoryRange mapping, size_t bytes) override {
    const std::lock_guard<std::mutex> guard(mutex_);
    ++grow_calls;
    if (!Owns(mapping)) abused = true;
    if (CallFails() || abused || !resize_moves || bytes > bytes_) return {};
    return MoveTo(NewMapping(bytes, kKernelPageBytes), mapping);
  }

  MemoryRange Move(MemoryRange head, size_t bytes) override {
    const std::lock_guard<std::mutex> guard(mutex_);
    ++move_calls;
    if (!Owns(head) || !IsOpen(head)) abused = true;
    if (CallFails() || abused || !moves || bytes > bytes_) return {};
    return MoveTo(FreshMapping(bytes, kKernelPageBytes), head);
  }

  bool Owns(MemoryRange range) const {
    if (range.start >= base_ && range.end() <= bottom_) return true;
    auto it = mappings_.upper_bound(range.start);
    if (it == mappings_.begin()) return false;
    --it;
    return range.end() <= it->first + it->second;
  }
  // Whether all of it is inaccessible. For tests with no thread in here.
  bool IsProtected(MemoryRange range) const {
    uintptr_t page = AlignDown(range.start, kKernelPageBytes);
    while (page < range.end() && protected_pages_.count(page) != 0) {
      page += kKernelPageBytes;
    }
    return page >= range.end();
  }
  size_t protected_bytes() const {
    return protected_pages_.size() * kKernelPageBytes;
  }
  size_t mapping_count() const { return mappings_.size(); }
  // Is it a mapping's, and accessible? For tests with no thread in here.
  bool IsOpen(MemoryRange range) const {
    const auto page = protected_pages_.lower_bound(range.start);
    return Owns(range) &&
           (page == protected_pages_.end() || *page >= range.end());
  }
  // Where no range was ever given: an address of nobody's.
  uintptr_t unused_address() const { return bottom_ + (top_ - bottom_) / 2; }

 private:
  bool CallFails() {
    const bool fails = !grow_works || (fail_call != 0 && --fail_call == 0);
    if (fails) errno = ENOMEM;
    return fails;
  }

  MemoryRange GrowHeap(size_t bytes, size_t alignment) {
    const uintptr_t start =
        AlignUp(bottom_ + grow_gap, std::max(alignment, kPageBytes));
    const size_t given = AlignUp(bytes + grow_surplus, kPageBytes);
    if (start + given > top_) return {};
    bottom_ = start + given;
    heap_bytes += given;
    if (on_heap_growth) on_heap_growth({start, given});
    return {start, given};
  }

  MemoryRange NewMapping(size_t bytes, size_t alignment) {
    for (auto& [start, size] : unmapped_) {
      if (size == bytes && start % alignment == 0) {
        const MemoryRange again{start, bytes};
        unmapped_.erase(start);
        return Note(again);
      }
    }
    return FreshMapping(bytes, alignment);
  }

  MemoryRange FreshMapping(size_t bytes, size_t alignment) {
    const uintptr_t start = AlignDown(top_ - bytes, alignment);
    if (start < bottom_ || start > top_) return {};
    top_ = start;
    return Note({start, bytes});
  }

  MemoryRange Note(MemoryRange mapping) {
    mappings_[mapping.start] = mapping.bytes;
    mapped_bytes += mapping.bytes;
    return mapping;
  }

  // `from` is somebody's; nothing happens where there is no place.
  MemoryRange MoveTo(MemoryRange place, MemoryRange from) {
    if (place.empty()) return {};
    memcpy(reinterpret_cast<void*>(place.start),
           reinterpret_cast<void*>(from.start),
           std::min(place.bytes, from.bytes));
    Zero(from);
    RemoveFromMapping(from);
    ChangeAccess(from, true);
    mapped_bytes -= from.bytes;
    return place;
  }

  // A mapping, or a part of one.
  bool RemoveFromMapping(MemoryRange range) {
    auto it = mappings_.upper_bound(range.start);
    if (it == mappings_.begin()) return abused = true, false;
    --it;
    const uintptr_t end = it->first + it->second;
    if (end < range.end()) return abused = true, false;
    it->second = range.start - it->first;
    if (it->second == 0) mappings_.erase(it);
    if (end > range.end()) mappings_[range.end()] = end - range.end();
    unmapped_[range.start] = range.bytes;
    return true;
  }

  bool SetAccess(MemoryRange range, bool accessible) {
    if (fail_access_change != 0 && --fail_access_change == 0) {
      errno = ENOMEM;
      return false;
    }
    ++access_changes;
    return ChangeAccess(range, accessible);
  }

  bool ChangeAccess(MemoryRange range, bool accessible) {
    for (uintptr_t page = range.start; page < range.end();
         page += kKernelPageBytes) {
      if (accessible) {
        protected_pages_.erase(page);
      } else {
        protected_pages_.insert(page);
      }
    }
    return mprotect(reinterpret_cast<void*>(range.start), range.bytes,
                    accessible ? PROT_READ | PROT_WRITE : PROT_NONE) == 0;
  }

  static void Zero(MemoryRange range) {
    madvise(reinterpret_cast<void*>(range.start), range.bytes, MADV_DONTNEED);
  }

  std::mutex mutex_;
  const size_t bytes_;
  uintptr_t base_;
  uintptr_t bottom_;
  uintptr_t top_;
  std::map<uintptr_t, size_t> mappings_;
  std::map<uintptr_t, size_t> unmapped_;
  std::set<uintptr_t> protected_pages_;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_SYSTEM_FAKE_MEMORY_SOURCE_H_
