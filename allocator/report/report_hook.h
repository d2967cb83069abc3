// The service's own lines in a report.
//
// Role: keeps the function that headroom_set_report_hook was given, and calls
//   it. What headroom.h shows to programs as struct headroom_report is here.
// Takes from: report_writer. Gives to: misuse_report, override.
// Thread-safety: Set may run beside Call; then the call is left out.
#ifndef HEADROOM_ALLOCATOR_REPORT_REPORT_HOOK_H_
#define HEADROOM_ALLOCATOR_REPORT_REPORT_HOOK_H_

#include <atomic>

#include "allocator/base/report_writer.h"

// Lives for one call of the hook.
struct headroom_report {
  headroom::ReportWriter& writer;
};

namespace headroom {

class ReportHook {
 public:
  using Function = void (*)(void* context, headroom_report* report);

  // Null: no hook.
  void Set(Function function, void* context) {
    function_.store(nullptr, std::memory_order_seq_cst);
    context_.store(context, std::memory_order_seq_cst);
    function_.store(function, std::memory_order_seq_cst);
  }

  void Call(ReportWriter& writer) const {
    const Function function = function_.load(std::memory_order_seq_cst);
    void* const context = context_.load(std::memory_order_seq_cst);
    if (function == nullptr ||
        function_.load(std::memory_order_seq_cst) != function) {
      return;
    }
    headroom_report report = {writer};
    function(context, &report);
  }

 private:
  std::atomic<Function> function_{nullptr};
  std::atomic<void*> context_{nullptr};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_REPORT_HOOK_H_
