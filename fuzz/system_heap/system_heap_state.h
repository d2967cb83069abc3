// What an instruction of the system heap's fuzzer works on: a system heap over
// a kernel in arithmetic, and what it gave so far.
//
// Role: carries out calls, plays the other users of the break, and checks that
//   every range given is there, accessible, aligned, as large as asked, and
//   neither anybody else's nor given before.
// Takes from: system_heap, fake_os. Gives to: system_heap_operations.
#ifndef FUZZ_SYSTEM_HEAP_SYSTEM_HEAP_STATE_H_
#define FUZZ_SYSTEM_HEAP_SYSTEM_HEAP_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "allocator/system/system_heap.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "tests/system/fake_os.h"
#include "tests/system/interval_set.h"

namespace headroom {

// Where the break lies: low, where a program has it, or `below` an end.
enum class BreakPlace : uint8_t { kLow, kBelowSigned, kBelowTop };
std::string Expression(BreakPlace place);

struct SystemHeapSetup {
  BreakPlace place;
  uint32_t offset;

  static SystemHeapSetup Read(ByteReader& bytes) {
    return {static_cast<BreakPlace>(bytes.Byte() % 3), bytes.TwoBytes()};
  }
  OperationText Describe() const {
    return {"SystemHeapSetup", {{"place", place}, {"offset", offset}}};
  }
  uintptr_t break_start() const;
};

class SystemHeapState {
 public:
  explicit SystemHeapState(const SystemHeapSetup& setup);
  SystemHeapState(const SystemHeapState&) = delete;
  SystemHeapState& operator=(const SystemHeapState&) = delete;

  void Grow(size_t bytes, size_t alignment, GrowKind kind);
  // Of ranges that were given; `index` is taken modulo their number. `first`
  // and `count` are kernel pages; kUnmap takes a mapping from `first` on.
  void Release(size_t index, size_t first, size_t count, ReleaseMode mode);
  void Resize(size_t index, size_t bytes);

  // Somebody else in the process. The break stays where there is one.
  void ForeignSbrk(intptr_t increment);
  void ForeignRawBrk(intptr_t increment);
  // As ForeignSbrk, between the heap's looking at the break and moving it.
  void ForeignRace(intptr_t increment);

  // A mapping lies at the break, or none.
  void BlockBreak(bool blocked) {
    os_.break_ceiling = blocked ? os_.break_end() : ceiling_;
  }

  FakeOs& os() { return os_; }

  void AfterOperation();
  void Finish();

 private:
  struct Given {
    MemoryRange range;
    GrowKind kind;
  };

  class Call;

  intptr_t NoFartherThanStart(intptr_t increment) const;
  void Take(MemoryRange range, GrowKind kind);
  void RemovePart(size_t index, size_t bytes_kept);

  const uintptr_t ceiling_;
  FakeOs os_;
  SystemHeap heap_{os_};
  std::vector<Given> given_;
  // All that was given and not unmapped since; never again another's.
  IntervalSet taken_;
  size_t heap_bytes_ = 0;
  size_t mapping_bytes_ = 0;
  size_t decommitted_bytes_ = 0;
};

}  // namespace headroom

#endif  // FUZZ_SYSTEM_HEAP_SYSTEM_HEAP_STATE_H_
