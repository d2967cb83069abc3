#include "bench/replay/player.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bench/measure/latency_meter.h"
#include "bench/measure/mapped_array.h"
#include "bench/replay/calls.h"
#include "bench/replay/checked_calls.h"

namespace headroom::replay {
namespace {

struct alignas(64) Counter {
  std::atomic<uint32_t> steps{0};
};

}  // namespace

// What the threads share.
class Player::Stage : public std::enable_shared_from_this<Player::Stage> {
 public:
  Stage(const Trace& trace, const Plan& plan, Watch watch)
      : trace_(trace),
        plan_(plan),
        watch_(watch),
        done_(plan.threads.size()),
        pointers_(plan.slots),
        bytes_(watch == Watch::kContents ? plan.slots : 0),
        totals_(watch == Watch::kContents ? plan.threads.size() : 0),
        times_(watch == Watch::kTimes ? plan.threads.size() : 1) {}

  // The threads, in the order of their births; all have ended when it returns.
  void RunAll() {
    const auto count = static_cast<uint32_t>(plan_.threads.size());
    for (Counter& counter : done_) counter.steps = 0;
    running_ = count;
    for (uint32_t thread = 0; thread < count; ++thread) {
      if (AwaitBirth(thread) && Start(thread)) continue;
      running_.fetch_sub(count - thread);
      break;
    }
    for (uint32_t left = running_; left != 0; left = running_) {
      running_.wait(left);
    }
  }

  void FreeTheRest() {
    for (const uint32_t slot : plan_.left_slots) free(pointers_[slot]);
  }

  void TakeTimes(LatencyMeter& all) {
    for (LatencyMeter& meter : times_) {
      all.Add(meter);
      meter.Clear();
    }
  }

  const std::string& failure() const { return failure_; }
  const std::vector<ThreadTotals>& totals() const { return totals_; }

 private:
  bool Start(uint32_t thread) {
    try {
      std::thread(&Stage::Run, shared_from_this(), thread).detach();
      return true;
    } catch (const std::system_error& error) {
      return Fail(thread, 0, absl::StrCat("no thread: ", error.what()));
    }
  }

  void Run(uint32_t thread) {
    Play(thread);
    if (running_.fetch_sub(1) == 1) running_.notify_all();
  }

  // False when there was a failure.
  bool AwaitBirth(uint32_t thread) {
    for (const Progress& progress : trace_.threads[thread].born_after) {
      if (!Await(static_cast<uint32_t>(progress.thread),
                 static_cast<uint32_t>(progress.operations))) {
        return false;
      }
    }
    return true;
  }

  // False.
  bool Fail(uint32_t thread, size_t step, const std::string& what) {
    const std::lock_guard guard(failure_lock_);
    if (failure_.empty()) {
      failure_ =
          absl::StrCat("thread ", thread, ", operation ", step, ": ", what);
    }
    failed_.store(true);
    return false;
  }

  // False when there was a failure.
  bool Await(uint32_t thread, uint32_t steps) {
    constexpr int kSpins = 200;
    const std::atomic<uint32_t>& done = done_[thread].steps;
    for (int i = 0; done.load(std::memory_order_acquire) < steps; ++i) {
      if (failed_.load(std::memory_order_relaxed)) return false;
      if (i < kSpins) {
        __builtin_ia32_pause();
      } else {
        std::this_thread::yield();
      }
    }
    return true;
  }

  void Play(uint32_t thread) {
    switch (watch_) {
      case Watch::kNothing: {
        NoMeter meter;
        Calls calls(pointers_, meter);
        PlayWith(calls, thread);
        break;
      }
      case Watch::kTimes: {
        Calls calls(pointers_, times_[thread]);
        PlayWith(calls, thread);
        break;
      }
      case Watch::kContents: {
        CheckedCalls calls(trace_.threads[thread], pointers_, bytes_);
        if (PlayWith(calls, thread)) totals_[thread] = calls.totals();
        break;
      }
    }
  }

  // False when there was a failure.
  template <typename AnyCalls>
  bool PlayWith(AnyCalls& calls, uint32_t thread) {
    const std::vector<Step>& steps = plan_.threads[thread];
    for (uint32_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (step.wait_thread != Step::kNobody &&
          !Await(step.wait_thread, step.wait_steps)) {
        return false;
      }
      if (const char* wrong = calls.Do(step); wrong != nullptr) {
        return Fail(thread, i, Sentence(wrong, step));
      }
      if (step.publishes) {
        done_[thread].steps.store(i + 1, std::memory_order_release);
      }
    }
    return true;
  }

  static std::string Sentence(const char* wrong, const Step& step) {
    if (wrong != kNoMemory) return wrong;
    return absl::StrCat(wrong, " for ", step.bytes, " bytes");
  }

  const Trace& trace_;
  const Plan& plan_;
  const Watch watch_;
  std::vector<Counter> done_;
  std::vector<void*> pointers_;
  std::vector<uint64_t> bytes_;
  std::vector<ThreadTotals> totals_;
  MappedArray<LatencyMeter> times_;
  std::atomic<uint32_t> running_{0};
  std::atomic<bool> failed_{false};
  std::mutex failure_lock_;
  std::string failure_;
};

Player::Player(const Trace& trace, const Plan& plan, Watch watch)
    : stage_(std::make_shared<Stage>(trace, plan, watch)) {}

std::string Player::Play() {
  stage_->RunAll();
  return stage_->failure();
}

void Player::FreeTheRest() { stage_->FreeTheRest(); }

const std::vector<ThreadTotals>& Player::totals() const {
  return stage_->totals();
}

void Player::TakeTimes(LatencyMeter& all) { stage_->TakeTimes(all); }

}  // namespace headroom::replay
