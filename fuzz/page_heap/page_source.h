// The page heap's memory source: a real one, watched by the model.
//
// Takes from: system heap, page_model. Gives to: page_heap_state.
#ifndef FUZZ_PAGE_HEAP_PAGE_SOURCE_H_
#define FUZZ_PAGE_HEAP_PAGE_SOURCE_H_

#include <cstddef>
#include <vector>

#include "allocator/system/memory_source.h"
#include "fuzz/page_heap/page_model.h"

namespace headroom {

class PageSource final : public MemorySource {
 public:
  PageSource(MemorySource& source, PageModel& model)
      : source_(source), model_(model) {}

  MemoryRange Grow(size_t bytes, size_t alignment, GrowKind kind) override {
    const MemoryRange range = source_.Grow(bytes, alignment, kind);
    if (kind == GrowKind::kHeap && !range.empty()) model_.Grow(range);
    return range;
  }

  bool Release(MemoryRange range, ReleaseMode mode) override {
    const bool released = source_.Release(range, mode);
    if (mode == ReleaseMode::kUnmap) {
      if (!released) left.push_back({range, false});
      return released;
    }
    if (mode == ReleaseMode::kDecommit && !left.empty() &&
        left.back().range == range) {
      left.back().is_clean = released;
      return released;
    }
    if (!released) {
      if (mode == ReleaseMode::kUnprotect && new_span_bytes != 0) {
        model_.NoteShut({range.start, new_span_bytes});
      }
      return false;
    }
    if (mode == ReleaseMode::kDecommit) {
      model_.Decommit(range);
    } else {
      model_.SetAccess(range, mode == ReleaseMode::kUnprotect);
    }
    return true;
  }

  MemoryRange Resize(MemoryRange mapping, size_t bytes) override {
    return source_.Resize(mapping, bytes);
  }

  MemoryRange Move(MemoryRange head, size_t bytes) override {
    return source_.Move(head, bytes);
  }

  // What is going on: a call for a new span of so many bytes.
  size_t new_span_bytes = 0;
  // Of mappings, what the kernel did not take back, and whether it emptied it.
  struct Left {
    MemoryRange range;
    bool is_clean;
  };
  std::vector<Left> left;

 private:
  MemorySource& source_;
  PageModel& model_;
};

}  // namespace headroom

#endif  // FUZZ_PAGE_HEAP_PAGE_SOURCE_H_
