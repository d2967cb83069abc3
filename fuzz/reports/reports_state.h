// What an instruction of the reports' fuzzer works on: a heap that lives, is
// damaged and asked about, and all that describes it.
//
// Role: blocks that live are known by every address of theirs, nothing else is
//   said to live, and the text of a report is what its facts say.
// Takes from: report, heap_under_test, writer_check. Gives to:
//   reports_operations. One instance at a time: it is the process's listener.
#ifndef FUZZ_REPORTS_REPORTS_STATE_H_
#define FUZZ_REPORTS_REPORTS_STATE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "allocator/report/entry_faults.h"
#include "allocator/report/guard_reports.h"
#include "allocator/report/heap_faults.h"
#include "allocator/report/heap_inspector.h"
#include "allocator/report/misuse_report.h"
#include "allocator/report/report_hook.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/reports/stderr_file.h"
#include "fuzz/reports/writer_check.h"
#include "fuzz/world/heap_under_test.h"
#include "fuzz/world/level_setup.h"

namespace headroom {

struct ReportsSetup {
  uint8_t levels;  // see LevelSetup
  uint32_t sample_every;

  static ReportsSetup Read(ByteReader& bytes) {
    const uint8_t levels = bytes.Byte();
    return {levels, bytes.Byte() % 4u};
  }
  OperationText Describe() const {
    return {"ReportsSetup",
            {{"levels", levels}, {"sample_every", sample_every}}};
  }
};

class ReportsState {
 public:
  static constexpr size_t kMostBlocks = 300;
  // Each reads the program's symbols for each frame: too dear for more.
  static constexpr int kMostReports = 4;

  // What an address is counted from.
  enum class Near : uint8_t {
    kLive,
    kLiveEnd,
    kFreed,
    kFreedEnd,
    kProgram,
    kAnonymous,
    kNull,
  };

  // What the heap asks of a sampled block.
  enum class Call : uint8_t {
    kFree,
    kRealloc,
    kUsableSize,
    kOverrun,  // a byte behind it is overwritten, then it is freed
    kWrongSize,
  };

  explicit ReportsState(const ReportsSetup& setup);
  ~ReportsState();
  ReportsState(const ReportsState&) = delete;
  ReportsState& operator=(const ReportsState&) = delete;

  // Any index is taken modulo what there is; nothing happens when there is
  // nothing.
  void Allocate(size_t bytes, size_t alignment);
  void Free(size_t index);
  // Changes a live block's header, or changes it back.
  void Damage(size_t index, uint64_t bits);
  void ReleaseMemory();

  // What lies there.
  void Look(Near near, size_t index, ptrdiff_t offset);
  // The report of a misuse; `capacity` of its buffer.
  void Report(Near near, size_t index, ptrdiff_t offset, Misuse misuse,
              size_t capacity, bool in_handler);
  // What a signal says, and who explains it. `entry`: it came from free, whose
  // argument this is.
  void Fault(Near near, size_t index, ptrdiff_t offset, int signal, int code,
             bool entry, ptrdiff_t argument);
  // On a sample, live or freed, or a pointer into it.
  void CallOnSample(Call call, bool freed, size_t index, ptrdiff_t offset);
  // The service's own lines; empty: none.
  void SetHook(const std::string& text);

  WriterCheck& writer() { return writer_; }
  const MisuseListener& listener() const { return report_; }

  void AfterOperation() {}
  // Frees all, with the headers put back.
  void Finish();

 private:
  struct Block {
    char* start;
    size_t bytes;
    size_t alignment;
    uint64_t damage = 0;  // of its header
  };

  static uint64_t Now() { return 1000; }
  static void WriteHook(void* context, headroom_report* report);

  uintptr_t Address(Near near, size_t index, ptrdiff_t offset) const;
  const Block* LiveAround(uintptr_t address) const;
  bool MayBeLive(const BlockFacts& facts) const;
  void CheckFacts(uintptr_t address, const BlockFacts& facts) const;
  std::string BlockLine(uintptr_t address) const;
  std::optional<Misuse> MisuseOf(Call call, const Block& block, bool is_live,
                                 uintptr_t address) const;
  void CallIt(Call call, void* pointer, size_t expected) const;
  void CheckBadCall(std::string_view text, std::optional<Misuse> misuse,
                    uintptr_t address);
  void CheckExplanations(const headroom::Fault& fault) const;

  HeapUnderTest under_test_;
  GuardReports guards_{under_test_.guard};
  HeapInspector inspector_{under_test_.map, under_test_.freed,
                           under_test_.keys};
  ReportHook hook_;
  std::string hook_text_;
  MisuseReport report_{inspector_, &guards_, hook_, under_test_.options};
  // Stands for the section in which free is.
  const char section_[64] = {};
  EntryFaults entries_{inspector_, &guards_, section_,
                       section_ + sizeof(section_)};
  HeapFaults heap_faults_{inspector_};
  ThreadCache* cache_;
  std::vector<Block> live_;
  std::vector<Block> freed_;
  char* const anonymous_;  // a page of the program's
  StderrFile stderr_;
  WriterCheck writer_;
  int reports_ = 0;
};

std::string Expression(ReportsState::Near near);
std::string Expression(ReportsState::Call call);
std::string Expression(Misuse misuse);

}  // namespace headroom

#endif  // FUZZ_REPORTS_REPORTS_STATE_H_
