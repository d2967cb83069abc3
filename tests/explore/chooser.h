// Who goes on, and which value is seen: the decisions of one run.
//
// Role: the seam between a run and the strategy that explores. 0 is always the
//   plain way: the running thread goes on, the last value is seen. The
//   decisions that are not plain are the schedule, by which a run is repeated.
// Gives to: scheduler (asks), explorer (answers).
#ifndef HEADROOM_TESTS_EXPLORE_CHOOSER_H_
#define HEADROOM_TESTS_EXPLORE_CHOOSER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace headroom::explore {

enum class Choice : uint8_t {
  kPreempt,  // 0: the running thread; i: the i-th other one that could go on
  kNext,     // the running thread cannot go on: any, at no cost
  kValue,    // i: the value i stores older than the last one
};

// Step and choice, for each choice that is not 0.
using Schedule = std::vector<std::pair<uint32_t, int>>;

class Chooser {
 public:
  virtual ~Chooser() = default;

  // One of `options`, at least 2. `step` counts the run's seam points.
  int Choose(Choice choice, uint32_t step, int options) {
    const int chosen = Decide(choice, step, options);
    if (chosen != 0) schedule_.emplace_back(step, chosen);
    return chosen;
  }
  const Schedule& schedule() const { return schedule_; }
  // Whoever tries all schedules tries the others that are the same as this one.
  virtual bool SkipsSame() const { return false; }

 protected:
  virtual int Decide(Choice choice, uint32_t step, int options) = 0;
  void ForgetSchedule() { schedule_.clear(); }

 private:
  Schedule schedule_;
};

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_CHOOSER_H_
