// Strategies: all schedules within bounds, random ones, a given one.
//
// Role: answers a run's choices. Takes from: chooser. Gives to: explorer.
#ifndef HEADROOM_TESTS_EXPLORE_STRATEGIES_H_
#define HEADROOM_TESTS_EXPLORE_STRATEGIES_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/explore/chooser.h"

namespace headroom::explore {

// "12:1,40:2" and back. Empty: the schedule without a choice.
std::string ScheduleText(const Schedule& schedule);
Schedule ParseSchedule(const std::string& text);

// Depth first, with at most so many preemptions and stale reads a run.
class DepthFirst final : public Chooser {
 public:
  DepthFirst(int preemptions, int stale_reads)
      : preemptions_(preemptions), stale_reads_(stale_reads) {}

  // To the next schedule; false: that was the last.
  bool Advance();
  // From the first schedule on.
  void Restart();
  bool SkipsSame() const override { return true; }

 private:
  struct Decision {
    uint32_t step;
    int chosen;
    int options;
  };

  int Decide(Choice choice, uint32_t step, int options) override;
  void Rewind();

  const int preemptions_;
  const int stale_reads_;
  std::vector<Decision> path_;
  size_t depth_ = 0;
  int preemptions_left_ = preemptions_;
  int stale_left_ = stale_reads_;
};

// Each run switches, and reads old values, at a rate of its own.
class RandomWalk final : public Chooser {
 public:
  explicit RandomWalk(uint64_t seed);

 private:
  int Decide(Choice choice, uint32_t step, int options) override;

  std::mt19937_64 random_;
  uint64_t switch_one_in_;
  uint64_t stale_one_in_;
};

class Replay final : public Chooser {
 public:
  explicit Replay(const std::string& schedule)
      : given_(ParseSchedule(schedule)) {}

 private:
  int Decide(Choice choice, uint32_t step, int options) override;

  const Schedule given_;
};

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_STRATEGIES_H_
