#include "bench/replay/plan.h"

#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace headroom::replay {
namespace {

constexpr uint64_t kMostOperations = std::numeric_limits<uint32_t>::max() - 1;
constexpr uint8_t kMostAlignmentLog2 = 62;

// A cache line of pointers: threads' slots do not share one.
constexpr uint32_t kSlotsOfALine = 8;

absl::Status Wrong(size_t thread, size_t operation, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("impossible trace: operation ",
                                          operation, " of thread ", thread, " ",
                                          what));
}

struct Block {
  uint32_t begun_at = 0;  // operation of its thread
  uint32_t slot = 0;
  bool is_ended = false;
  bool is_ended_elsewhere = false;
};

class Planner {
 public:
  explicit Planner(const Trace& trace) : trace_(trace) {}

  absl::StatusOr<Plan> Make() {
    absl::Status status = FindBlocks();
    if (status.ok()) status = FindEnds();
    if (status.ok()) status = CheckBirths();
    if (status.ok()) status = RunDry();
    if (!status.ok()) return status;
    for (uint32_t t = 0; t < trace_.threads.size(); ++t) PlanThread(t);
    Publish();
    for (const std::vector<Block>& blocks : blocks_) {
      for (const Block& block : blocks) {
        if (!block.is_ended) plan_.left_slots.push_back(block.slot);
      }
    }
    return std::move(plan_);
  }

 private:
  absl::Status FindBlocks() {
    uint64_t all = 0;
    for (size_t t = 0; t < trace_.threads.size(); ++t) {
      const std::vector<Operation>& operations = trace_.threads[t].operations;
      all += operations.size();
      if (all > kMostOperations) {
        return absl::ResourceExhaustedError("the trace is too long");
      }
      blocks_.emplace_back();
      for (uint32_t i = 0; i < operations.size(); ++i) {
        const Operation& operation = operations[i];
        if (operation.begins()) blocks_[t].push_back({i});
        if (operation.alignment_log2 > kMostAlignmentLog2) {
          return Wrong(t, i, "has an impossible alignment");
        }
        if (operation.call == TracedCall::kRealloc && operation.bytes == 0) {
          return Wrong(t, i, "resizes a block to nothing");
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status FindEnds() {
    for (size_t t = 0; t < trace_.threads.size(); ++t) {
      const std::vector<Operation>& operations = trace_.threads[t].operations;
      for (uint32_t i = 0; i < operations.size(); ++i) {
        if (!operations[i].ends()) continue;
        const auto [thread, index] = operations[i].ended;
        if (thread >= blocks_.size() || index >= blocks_[thread].size()) {
          return Wrong(t, i, "ends a block that there is not");
        }
        Block& block = blocks_[thread][index];
        if (thread == t && block.begun_at >= i) {
          return Wrong(t, i, "ends a block that begins later");
        }
        if (std::exchange(block.is_ended, true)) {
          return Wrong(t, i, "ends a block a second time");
        }
        block.is_ended_elsewhere = thread != t;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckBirths() {
    for (size_t t = 0; t < trace_.threads.size(); ++t) {
      for (const Progress& progress : trace_.threads[t].born_after) {
        if (progress.thread >= t || progress.operations == 0 ||
            progress.operations >
                trace_.threads[progress.thread].operations.size()) {
          return Wrong(t, 0, "comes after what there is not");
        }
      }
    }
    return absl::OkStatus();
  }

  // Lets the threads wait for each other, without a heap: do all end?
  absl::Status RunDry() {
    const size_t count = trace_.threads.size();
    std::vector<uint64_t> done(count);
    size_t born = 0;
    const auto may_be_born = [&](size_t t) {
      for (const Progress& progress : trace_.threads[t].born_after) {
        if (done[progress.thread] < progress.operations) return false;
      }
      return true;
    };
    for (bool moved = true; moved;) {
      moved = false;
      while (born < count && may_be_born(born)) {
        ++born;
        moved = true;
      }
      for (size_t t = 0; t < born; ++t) {
        const std::vector<Operation>& operations = trace_.threads[t].operations;
        while (done[t] < operations.size() &&
               MayRun(operations[done[t]], t, done)) {
          ++done[t];
          moved = true;
        }
      }
    }
    for (size_t t = 0; t < count; ++t) {
      if (t >= born || done[t] < trace_.threads[t].operations.size()) {
        return Wrong(t, done[t], "waits for what waits for it");
      }
    }
    return absl::OkStatus();
  }

  bool MayRun(const Operation& operation, size_t thread,
              const std::vector<uint64_t>& done) const {
    const BlockId ended = operation.ended;
    return !operation.ends() || ended.thread == thread ||
           done[ended.thread] > blocks_[ended.thread][ended.index].begun_at;
  }

  void PlanThread(uint32_t thread) {
    plan_.slots =
        (plan_.slots + kSlotsOfALine - 1) / kSlotsOfALine * kSlotsOfALine;
    std::vector<uint32_t> free_slots;
    uint64_t begun = 0;
    std::vector<Step>& steps = plan_.threads.emplace_back();
    for (const Operation& operation : trace_.threads[thread].operations) {
      Step& step = steps.emplace_back();
      step.call = operation.call;
      step.alignment_log2 = operation.alignment_log2;
      step.bytes = operation.bytes;
      // The old pointer is read before the new one is written.
      if (operation.ends() && operation.ended.thread == thread) {
        step.ended_slot = blocks_[thread][operation.ended.index].slot;
        free_slots.push_back(step.ended_slot);
      }
      if (operation.begins()) {
        Block& block = blocks_[thread][begun++];
        block.slot = TakeSlot(block, free_slots);
        step.begun_slot = block.slot;
        step.publishes = block.is_ended_elsewhere;
        ++plan_.begins;
      }
    }
  }

  // One that another thread reads is nobody else's.
  uint32_t TakeSlot(const Block& block, std::vector<uint32_t>& free_slots) {
    if (block.is_ended_elsewhere || free_slots.empty()) return plan_.slots++;
    const uint32_t slot = free_slots.back();
    free_slots.pop_back();
    return slot;
  }

  // The waits, now that all slots are known.
  void Publish() {
    for (uint32_t t = 0; t < trace_.threads.size(); ++t) {
      const ThreadTrace& thread = trace_.threads[t];
      for (const Progress& progress : thread.born_after) {
        plan_.threads[progress.thread][progress.operations - 1].publishes =
            true;
      }
      for (size_t i = 0; i < thread.operations.size(); ++i) {
        const BlockId ended = thread.operations[i].ended;
        if (!thread.operations[i].ends() || ended.thread == t) continue;
        const Block& block = blocks_[ended.thread][ended.index];
        Step& step = plan_.threads[t][i];
        step.ended_slot = block.slot;
        step.wait_thread = static_cast<uint32_t>(ended.thread);
        step.wait_steps = block.begun_at + 1;
      }
    }
  }

  const Trace& trace_;
  std::vector<std::vector<Block>> blocks_;
  Plan plan_;
};

}  // namespace

absl::StatusOr<Plan> MakePlan(const Trace& trace) {
  return Planner(trace).Make();
}

}  // namespace headroom::replay
