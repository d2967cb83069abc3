// What an instruction of the page heap's fuzzer works on: a page heap over a
// system heap over a kernel of the fuzzer's, and a model of its pages.
//
// Role: carries out calls, writes to what was given, and checks each answer;
//   closes and opens spans as the front does.
// Takes from: page_heap, fuzz_os, page_model. Gives to: page_heap_operations.
// One instance at a time: the clock is static.
#ifndef FUZZ_PAGE_HEAP_PAGE_HEAP_STATE_H_
#define FUZZ_PAGE_HEAP_PAGE_HEAP_STATE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocator/pages/page_heap.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/system_heap.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/page_heap/page_model.h"
#include "fuzz/page_heap/page_source.h"
#include "fuzz/page_heap/probes.h"
#include "fuzz/world/fuzz_os.h"

namespace headroom {

struct PageHeapSetup {
  uint32_t break_offset;  // somebody moved the break so far before us

  static PageHeapSetup Read(ByteReader& bytes) { return {bytes.TwoBytes()}; }
  OperationText Describe() const {
    return {"PageHeapSetup", {{"break_offset", break_offset}}};
  }
};

class PageHeapState {
 public:
  static constexpr size_t kMostSpans = 200;

  explicit PageHeapState(const PageHeapSetup& setup);
  PageHeapState(const PageHeapState&) = delete;
  PageHeapState& operator=(const PageHeapState&) = delete;

  void NewSpan(size_t pages, SpanUse use, size_t alignment, size_t closed_tail);
  // Any index is taken modulo what there is; nothing happens when there is
  // nothing.
  void DeleteSpan(size_t index, bool close);
  void ResizeSpan(size_t index, size_t pages);

  // A mapping for a block of so many bytes, as the front makes them.
  void NewMapping(size_t bytes, size_t alignment, bool front, bool at_end,
                  bool zeroed);
  // `keep`: as the page heap's.
  void DeleteMapping(size_t index, size_t keep);
  void ResizeMapping(size_t index, size_t bytes);

  void ReleaseFreePages(size_t bytes);
  void PassTime(uint64_t milliseconds);

  FuzzOs& os() { return os_; }

  void AfterOperation();
  // Gives all back; then time alone gives every page to the kernel.
  void Finish();

 private:
  void AdoptLeft(const Span* made = nullptr);
  struct Live {
    Span* span;
    Probes probes;
  };

  static uint64_t Now() { return now_ms_; }

  bool OpenGuard(Span* span);
  void Touch(Live& live);
  void CheckMapping(const Span* span) const;

  static inline uint64_t now_ms_ = 0;

  FuzzOs os_;
  SystemHeap system_{os_};
  MetadataArena arena_{system_};
  PageMap map_{arena_};
  PageModel model_;
  PageSource source_{system_, model_};
  PageHeap pages_{source_, arena_, map_, &Now};
  std::vector<Live> spans_;
  std::vector<Live> mappings_;
  size_t peak_mapping_bytes_ = 0;
  uint8_t next_seed_ = 1;
};

}  // namespace headroom

#endif  // FUZZ_PAGE_HEAP_PAGE_HEAP_STATE_H_
