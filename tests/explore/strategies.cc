#include "tests/explore/strategies.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace headroom::explore {

std::string ScheduleText(const Schedule& schedule) {
  std::string text;
  for (const auto& [step, chosen] : schedule) {
    if (!text.empty()) text += ",";
    text += std::to_string(step) + ":" + std::to_string(chosen);
  }
  return text.empty() ? "plain" : text;
}

Schedule ParseSchedule(const std::string& text) {
  Schedule schedule;
  std::istringstream in(text);
  std::string part;
  while (std::getline(in, part, ',')) {
    unsigned step;
    int chosen;
    if (sscanf(part.c_str(), "%u:%d", &step, &chosen) == 2) {
      schedule.emplace_back(step, chosen);
    }
  }
  return schedule;
}

int DepthFirst::Decide(Choice choice, uint32_t step, int options) {
  if (choice == Choice::kPreempt && preemptions_left_ == 0) return 0;
  if (choice == Choice::kValue && stale_left_ == 0) return 0;
  if (depth_ == path_.size()) path_.push_back({step, 0, options});
  const Decision& decision = path_[depth_++];
  if (decision.step != step || decision.options != options) {
    fprintf(stderr, "explore: step %u: the run does not repeat itself\n", step);
    abort();
  }
  if (decision.chosen > 0 && choice == Choice::kPreempt) --preemptions_left_;
  if (decision.chosen > 0 && choice == Choice::kValue) --stale_left_;
  return decision.chosen;
}

void DepthFirst::Rewind() {
  depth_ = 0;
  preemptions_left_ = preemptions_;
  stale_left_ = stale_reads_;
  ForgetSchedule();
}

bool DepthFirst::Advance() {
  // What a run that ended early did not come to.
  path_.resize(depth_);
  Rewind();
  while (!path_.empty() && path_.back().chosen + 1 == path_.back().options) {
    path_.pop_back();
  }
  if (path_.empty()) return false;
  ++path_.back().chosen;
  return true;
}

void DepthFirst::Restart() {
  path_.clear();
  Rewind();
}

RandomWalk::RandomWalk(uint64_t seed) : random_(seed) {
  switch_one_in_ = uint64_t{1} << (1 + random_() % 5);
  stale_one_in_ = uint64_t{1} << (1 + random_() % 5);
}

int RandomWalk::Decide(Choice choice, uint32_t, int options) {
  const auto any = [&](int first) {
    return first +
           static_cast<int>(random_() % static_cast<uint64_t>(options - first));
  };
  if (choice == Choice::kNext) return any(0);
  const uint64_t rate =
      choice == Choice::kPreempt ? switch_one_in_ : stale_one_in_;
  return random_() % rate == 0 ? any(1) : 0;
}

int Replay::Decide(Choice, uint32_t step, int options) {
  const auto found =
      std::find_if(given_.begin(), given_.end(),
                   [&](const auto& choice) { return choice.first == step; });
  return found == given_.end() ? 0 : std::min(found->second, options - 1);
}

}  // namespace headroom::explore
