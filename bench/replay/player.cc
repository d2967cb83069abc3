#include "bench/replay/player.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"

namespace headroom::replay {
namespace {

struct alignas(64) Counter {
  std::atomic<uint32_t> steps{0};
};

// Where a block's first, last and middle byte are; there may be fewer.
template <typename Visit>
void VisitBytes(void* block, uint64_t bytes, Visit visit) {
  if (bytes == 0) return;
  auto* start = static_cast<volatile unsigned char*>(block);
  visit(start[0]);
  visit(start[bytes / 2]);
  visit(start[bytes - 1]);
}

void Touch(void* block, uint64_t bytes) {
  if (bytes == 0) return;
  auto* start = static_cast<volatile unsigned char*>(block);
  start[0] = 1;
  start[bytes - 1] = 1;
}

void* BeginBlock(const Step& step) {
  switch (step.call) {
    case TracedCall::kCalloc:
      return calloc(1, step.bytes);
    case TracedCall::kAligned: {
      void* block = nullptr;
      const size_t alignment =
          std::max(size_t{1} << step.alignment_log2, sizeof(void*));
      return posix_memalign(&block, alignment, step.bytes) == 0 ? block
                                                                : nullptr;
    }
    default:
      return malloc(step.bytes);
  }
}

}  // namespace

// What the threads share.
class Player::Stage : public std::enable_shared_from_this<Player::Stage> {
 public:
  Stage(const Trace& trace, const Plan& plan, bool check)
      : trace_(trace),
        plan_(plan),
        done_(plan.threads.size()),
        pointers_(plan.slots),
        bytes_(check ? plan.slots : 0),
        totals_(check ? plan.threads.size() : 0),
        check_(check) {}

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
    check_ ? PlayChecked(thread) : PlayFast(thread);
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

  bool NoMemory(uint32_t thread, size_t i, uint64_t bytes) {
    return Fail(thread, i, absl::StrCat("no memory for ", bytes, " bytes"));
  }

  bool PlayFast(uint32_t thread) {
    const std::vector<Step>& steps = plan_.threads[thread];
    for (uint32_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (step.wait_thread != Step::kNobody &&
          !Await(step.wait_thread, step.wait_steps)) {
        return false;
      }
      if (step.call == TracedCall::kFree) {
        free(pointers_[step.ended_slot]);
      } else {
        void* block = step.call == TracedCall::kRealloc
                          ? realloc(pointers_[step.ended_slot], step.bytes)
                          : BeginBlock(step);
        if (block == nullptr) return NoMemory(thread, i, step.bytes);
        Touch(block, step.bytes);
        pointers_[step.begun_slot] = block;
      }
      if (step.publishes) {
        done_[thread].steps.store(i + 1, std::memory_order_release);
      }
    }
    return true;
  }

  bool PlayChecked(uint32_t thread) {
    const std::vector<Step>& steps = plan_.threads[thread];
    Tally tally;
    for (uint32_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (step.wait_thread != Step::kNobody &&
          !Await(step.wait_thread, step.wait_steps)) {
        return false;
      }
      const Operation& operation = trace_.threads[thread].operations[i];
      const uint64_t ended_bytes =
          operation.ends() ? bytes_[step.ended_slot] : 0;
      if (!(step.call == TracedCall::kFree ? FreeChecked(thread, i)
                                           : BeginChecked(thread, i))) {
        return false;
      }
      tally.Add(operation, ended_bytes);
      if (step.publishes) {
        done_[thread].steps.store(i + 1, std::memory_order_release);
      }
    }
    totals_[thread] = tally.totals();
    return true;
  }

  // What a block in this slot holds where it is looked at.
  static unsigned char MarkOf(uint32_t slot) {
    return static_cast<unsigned char>(slot % 255 + 1);
  }

  bool HoldsItsMark(uint32_t slot) {
    bool holds = true;
    VisitBytes(pointers_[slot], bytes_[slot], [&](volatile unsigned char& b) {
      holds = holds && b == MarkOf(slot);
    });
    return holds;
  }

  bool FreeChecked(uint32_t thread, uint32_t i) {
    const uint32_t slot = plan_.threads[thread][i].ended_slot;
    if (!HoldsItsMark(slot)) {
      return Fail(thread, i, "somebody else wrote into the block");
    }
    free(pointers_[slot]);
    return true;
  }

  bool BeginChecked(uint32_t thread, uint32_t i) {
    const Step& step = plan_.threads[thread][i];
    void* block;
    if (step.call == TracedCall::kRealloc) {
      if (!HoldsItsMark(step.ended_slot)) {
        return Fail(thread, i, "somebody else wrote into the block");
      }
      const bool had_bytes = bytes_[step.ended_slot] > 0;
      block = realloc(pointers_[step.ended_slot], step.bytes);
      if (block != nullptr && had_bytes &&
          *static_cast<unsigned char*>(block) != MarkOf(step.ended_slot)) {
        return Fail(thread, i, "realloc lost what the block held");
      }
    } else {
      block = BeginBlock(step);
    }
    if (block == nullptr) return NoMemory(thread, i, step.bytes);
    bool zero = true;
    VisitBytes(block, step.bytes, [&](volatile unsigned char& b) {
      if (step.call == TracedCall::kCalloc) zero = zero && b == 0;
    });
    if (!zero) Fail(thread, i, "calloc's block is not zero");
    const uint64_t low_bits = (uint64_t{1} << step.alignment_log2) - 1;
    const bool aligned = (reinterpret_cast<uintptr_t>(block) & low_bits) == 0;
    if (!aligned) Fail(thread, i, "the block has not its alignment");
    VisitBytes(block, step.bytes,
               [&](volatile unsigned char& b) { b = MarkOf(step.begun_slot); });
    pointers_[step.begun_slot] = block;
    bytes_[step.begun_slot] = step.bytes;
    return zero && aligned;
  }

  const Trace& trace_;
  const Plan& plan_;
  std::vector<Counter> done_;
  std::vector<void*> pointers_;
  std::vector<uint64_t> bytes_;
  std::vector<ThreadTotals> totals_;
  const bool check_;
  std::atomic<uint32_t> running_{0};
  std::atomic<bool> failed_{false};
  std::mutex failure_lock_;
  std::string failure_;
};

Player::Player(const Trace& trace, const Plan& plan, bool check)
    : stage_(std::make_shared<Stage>(trace, plan, check)) {}

std::string Player::Play() {
  stage_->RunAll();
  return stage_->failure();
}

void Player::FreeTheRest() { stage_->FreeTheRest(); }

const std::vector<ThreadTotals>& Player::totals() const {
  return stage_->totals();
}

}  // namespace headroom::replay
