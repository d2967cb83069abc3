#include "tests/faults/fault_plan.h"

#include <execinfo.h>

#include <bit>
#include <cerrno>

namespace headroom {
namespace {

// Of a run in which everything fails.
constexpr uint64_t kMostStacks = 8;

}  // namespace

const char* NameOfKinds(uint32_t kinds) {
  static constexpr const char* kNames[kCallKinds] = {
      "sbrk",    "brk",      "mmap", "munmap", "mremap",
      "madvise", "mprotect", "move", "clock",
  };
  return std::has_single_bit(kinds) ? kNames[std::countr_zero(kinds)]
                                    : "any call";
}

std::string FaultPlan::InWords() const {
  std::string words = NameOfKinds(kinds);
  words += " " + std::to_string(first);
  if (distance != 0) words += " and " + std::to_string(first + distance);
  if (for_ever) words += " and all that follow";
  return words;
}

bool FaultInjector::IsChosen() const {
  if (plan_.first == 0 || calls_ < plan_.first) return false;
  const uint64_t behind = calls_ - plan_.first;
  return behind == 0 || plan_.for_ever ||
         (plan_.distance != 0 && behind == plan_.distance);
}

bool FaultInjector::Fails(int kind) {
  if (stopped_ || (plan_.kinds >> kind & 1) == 0) return false;
  ++calls_;
  if (!IsChosen()) return false;
  ++failures_;
  if (stacks_ != nullptr && failures_ <= kMostStacks) KeepStack();
  // The heap's clock keeps errno.
  if (kind != kClockCall) errno = ENOMEM;
  return true;
}

void FaultInjector::KeepStack() {
  constexpr int kMostFrames = 24;
  void* frames[kMostFrames];
  const int count = backtrace(frames, kMostFrames);
  stacks_->insert(CallStack(frames, frames + count));
}

}  // namespace headroom
