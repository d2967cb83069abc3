// Which calls of the kernel fail, and who made them.
//
// Role: counts the calls of the kinds it is about; refuses one, two, or all
//   from one on. Can keep the stacks of the calls that it refused.
// Takes from: fuzz_os (the kinds). Gives to: fault_sweep.
#ifndef HEADROOM_TESTS_FAULTS_FAULT_PLAN_H_
#define HEADROOM_TESTS_FAULTS_FAULT_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "fuzz/world/fuzz_os.h"

namespace headroom {

// FuzzOs's calls, and the clock's reading.
inline constexpr int kClockCall = static_cast<int>(OsCall::kMove) + 1;
inline constexpr int kCallKinds = kClockCall + 1;
inline constexpr uint32_t kAllKinds = (1u << kCallKinds) - 1;
inline constexpr uint32_t kMemoryKinds = kAllKinds & ~(1u << kClockCall);

const char* NameOfKinds(uint32_t kinds);

struct FaultPlan {
  uint32_t kinds = 0;     // a bit a kind; of the others none fails
  uint64_t first = 0;     // the first call that fails, counted from 1
  uint64_t distance = 0;  // so many calls later the second one; 0: none
  bool for_ever = false;  // every call from the first on

  std::string InWords() const;
};

// Return addresses of a refused call, innermost first.
using CallStack = std::vector<void*>;

class FaultInjector {
 public:
  explicit FaultInjector(const FaultPlan& plan,
                         std::set<CallStack>* stacks = nullptr)
      : plan_(plan), stacks_(stacks) {}

  // Whether this call fails.
  bool Fails(int kind);
  // From now on nothing fails, and nothing is counted.
  void Stop() { stopped_ = true; }

  uint64_t calls() const { return calls_; }
  uint64_t failures() const { return failures_; }

 private:
  bool IsChosen() const;
  void KeepStack();

  const FaultPlan plan_;
  std::set<CallStack>* const stacks_;
  uint64_t calls_ = 0;
  uint64_t failures_ = 0;
  bool stopped_ = false;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_FAULTS_FAULT_PLAN_H_
