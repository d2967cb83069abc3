// A trace as the replay knows it: who allocated and freed what, in which order,
// without addresses and times.
//
// Role: a block is known by its allocation: the thread, and which of the
//   thread's allocations it is. Ending another thread's block is the edge that
//   orders the two: the end waits for the begin.
// Takes from: allocator/trace's words. Gives to: all of bench/replay.
#ifndef BENCH_REPLAY_TRACE_H_
#define BENCH_REPLAY_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocator/trace/trace_format.h"

namespace headroom::replay {

struct BlockId {
  uint64_t thread = 0;
  uint64_t index = 0;  // among the thread's allocations

  friend bool operator==(const BlockId&, const BlockId&) = default;
};

struct Operation {
  TracedCall call = TracedCall::kMalloc;
  uint8_t alignment_log2 = 0;  // kAligned
  uint64_t bytes = 0;          // of the block that begins
  BlockId ended;               // kFree, kRealloc

  bool begins() const { return call != TracedCall::kFree; }
  bool ends() const {
    return call == TracedCall::kFree || call == TracedCall::kRealloc;
  }
  friend bool operator==(const Operation&, const Operation&) = default;
};

// What a replay of a thread has to come to.
struct ThreadTotals {
  // One in so many operations the live bytes are noted.
  static constexpr uint64_t kOperationsBetween = 4096;

  uint64_t order = 0;  // OrderHash of its operations
  // Requested bytes of the blocks it began, less those of blocks it ended.
  int64_t live_bytes = 0;
  std::vector<int64_t> live_bytes_on_the_way;

  friend bool operator==(const ThreadTotals&, const ThreadTotals&) = default;
};

// So many operations of a thread are done.
struct Progress {
  uint64_t thread = 0;
  uint64_t operations = 0;

  friend bool operator==(const Progress&, const Progress&) = default;
};

struct ThreadTrace {
  // What was done before the thread began: with the same of the thread before
  // it, all of what was done. Threads are in the order of their births.
  std::vector<Progress> born_after;
  std::vector<Operation> operations;
  ThreadTotals totals;

  friend bool operator==(const ThreadTrace&, const ThreadTrace&) = default;
};

struct Trace {
  std::vector<ThreadTrace> threads;
  uint64_t live_bytes = 0;       // at the end
  uint64_t peak_live_bytes = 0;  // in the order in which it was recorded

  friend bool operator==(const Trace&, const Trace&) = default;
};

// FNV-1a, 64 bits: any one byte that differs makes a difference.
class Hash {
 public:
  void Add(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  void AddWord(uint64_t word) {
    for (int shift = 0; shift < 64; shift += 8) {
      Add(static_cast<uint8_t>(word >> shift));
    }
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

// Counts what a thread does, where it is done.
class Tally {
 public:
  // `ended_bytes`: of the block that `operation` ends, if it does.
  void Add(const Operation& operation, uint64_t ended_bytes) {
    order_.Add(static_cast<uint8_t>(operation.call));
    order_.Add(operation.alignment_log2);
    order_.AddWord(operation.bytes);
    order_.AddWord(operation.ended.thread);
    order_.AddWord(operation.ended.index);
    if (operation.begins()) {
      totals_.live_bytes += static_cast<int64_t>(operation.bytes);
    }
    if (operation.ends()) {
      totals_.live_bytes -= static_cast<int64_t>(ended_bytes);
    }
    if (++operations_ % ThreadTotals::kOperationsBetween == 0) {
      totals_.live_bytes_on_the_way.push_back(totals_.live_bytes);
    }
  }
  ThreadTotals totals() const {
    ThreadTotals totals = totals_;
    totals.order = order_.value();
    return totals;
  }

 private:
  Hash order_;
  uint64_t operations_ = 0;
  ThreadTotals totals_;
};

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_TRACE_H_
