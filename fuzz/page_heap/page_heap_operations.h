// The instructions of the page heap's fuzzer, and how bytes become
// instructions.
//
// Role: each is a small struct with Perform(state). ReadPageHeapOperation never
//   fails: any bytes are a program.
// Takes from: page_heap_state, byte_reader. Gives to: page_heap_fuzzer.
#ifndef FUZZ_PAGE_HEAP_PAGE_HEAP_OPERATIONS_H_
#define FUZZ_PAGE_HEAP_PAGE_HEAP_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/page_heap/page_heap_state.h"
#include "fuzz/world/world_operations.h"

namespace headroom {

std::string Expression(SpanUse use);

struct NewSpanOperation {
  uint32_t count;  // of such spans
  size_t pages;
  SpanUse use;
  size_t alignment;
  size_t closed_tail;
  void Perform(PageHeapState& state) const {
    for (uint32_t i = 0; i < count; ++i) {
      state.NewSpan(pages, use, alignment, closed_tail);
    }
  }
  OperationText Describe() const {
    return {"NewSpanOperation",
            {{"count", count},
             {"pages", pages},
             {"use", use},
             {"alignment", alignment},
             {"closed_tail", closed_tail}}};
  }
};

// Spans `step` apart in the order in which they were made, roughly.
struct DeleteSpanOperation {
  uint32_t count;
  size_t first;
  size_t step;
  bool close;
  void Perform(PageHeapState& state) const {
    for (uint32_t i = 0; i < count; ++i) {
      state.DeleteSpan(first + i * step, close);
    }
  }
  OperationText Describe() const {
    return {
        "DeleteSpanOperation",
        {{"count", count}, {"first", first}, {"step", step}, {"close", close}}};
  }
};

struct ResizeSpanOperation {
  size_t index;
  size_t pages;
  void Perform(PageHeapState& state) const { state.ResizeSpan(index, pages); }
  OperationText Describe() const {
    return {"ResizeSpanOperation", {{"index", index}, {"pages", pages}}};
  }
};

struct NewMappingOperation {
  size_t bytes;
  size_t alignment;
  bool front;
  bool at_end;
  bool zeroed;
  void Perform(PageHeapState& state) const {
    state.NewMapping(bytes, alignment, front, at_end, zeroed);
  }
  OperationText Describe() const {
    return {"NewMappingOperation",
            {{"bytes", bytes},
             {"alignment", alignment},
             {"front", front},
             {"at_end", at_end},
             {"zeroed", zeroed}}};
  }
};

struct DeleteMappingOperation {
  size_t index;
  size_t keep;
  void Perform(PageHeapState& state) const { state.DeleteMapping(index, keep); }
  OperationText Describe() const {
    return {"DeleteMappingOperation", {{"index", index}, {"keep", keep}}};
  }
};

struct ResizeMappingOperation {
  size_t index;
  size_t bytes;
  void Perform(PageHeapState& state) const {
    state.ResizeMapping(index, bytes);
  }
  OperationText Describe() const {
    return {"ResizeMappingOperation", {{"index", index}, {"bytes", bytes}}};
  }
};

struct ReleaseFreePagesOperation {
  size_t bytes;
  void Perform(PageHeapState& state) const { state.ReleaseFreePages(bytes); }
  OperationText Describe() const {
    return {"ReleaseFreePagesOperation", {{"bytes", bytes}}};
  }
};

struct ForeignGrowOperation {
  size_t bytes;
  void Perform(PageHeapState& state) const { state.os().ForeignGrow(bytes); }
  OperationText Describe() const {
    return {"ForeignGrowOperation", {{"bytes", bytes}}};
  }
};

using PageHeapOperation =
    std::variant<NewSpanOperation, DeleteSpanOperation, ResizeSpanOperation,
                 NewMappingOperation, DeleteMappingOperation,
                 ResizeMappingOperation, ReleaseFreePagesOperation,
                 PassTimeOperation, RefuseLaterOperation, ForeignGrowOperation>;

PageHeapOperation ReadPageHeapOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_PAGE_HEAP_PAGE_HEAP_OPERATIONS_H_
