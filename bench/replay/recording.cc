#include "bench/replay/recording.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/replay/byte_reader.h"

namespace headroom::replay {
namespace {

constexpr std::string_view kMagic(kRecordedMagic, sizeof(kRecordedMagic));

constexpr uint64_t kMostAlignmentLog2 = 62;

// A record, decoded.
struct Event {
  uint64_t stamp_before = 0;  // where it began
  uint64_t stamp = 0;
  uint64_t old_address = 0;  // kFree, kRealloc
  uint64_t address = 0;      // not kFree
  bool is_stranger = false;  // a free of one
  Operation operation;
};

struct Thread {
  std::string bytes = {};
  std::vector<Event> events = {};
};

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("damaged recording: ", what));
}

absl::StatusOr<std::vector<Event>> Decode(std::string_view bytes) {
  std::vector<Event> events;
  ByteReader reader(bytes);
  uint64_t stamp = 0;
  uint64_t address = 0;
  const auto read_address = [&] {
    return address += UnZigZag(reader.Varint());
  };
  while (!reader.at_end()) {
    Event event;
    const uint64_t head = reader.Varint();
    const uint64_t call = head & ((1 << kTracedCallBits) - 1);
    if (call > static_cast<uint64_t>(TracedCall::kFree)) {
      return Damaged("a call of an unknown kind");
    }
    const uint64_t before = stamp;
    event.stamp = stamp += head >> kTracedCallBits;
    event.stamp_before = event.stamp;
    Operation& operation = event.operation;
    operation.call = static_cast<TracedCall>(call);
    if (operation.call == TracedCall::kAligned) {
      const uint64_t log2 = reader.Varint();
      if (log2 > kMostAlignmentLog2) return Damaged("an impossible alignment");
      operation.alignment_log2 = static_cast<uint8_t>(log2);
    }
    if (operation.call == TracedCall::kRealloc) {
      event.stamp_before -= reader.Varint();
    }
    if (operation.begins()) operation.bytes = reader.Varint();
    if (operation.ends()) event.old_address = read_address();
    if (operation.begins()) event.address = read_address();
    if (reader.failed()) return Damaged("a record that ends too early");
    if (event.stamp <= before || event.stamp_before > event.stamp) {
      return Damaged("a stamp that goes back");
    }
    events.push_back(event);
  }
  return events;
}

// In the order of births.
absl::StatusOr<std::vector<Thread>> ReadThreads(std::string_view file) {
  ByteReader reader(file.substr(kMagic.size()));
  std::map<uint64_t, Thread> by_number;
  while (!reader.at_end()) {
    const uint64_t number = reader.Varint();
    const std::string_view piece = reader.Piece(reader.Varint());
    if (reader.failed()) return Damaged("it ends in the middle of a chunk");
    by_number[number].bytes += piece;
  }
  std::vector<Thread> threads;
  for (auto& [number, thread] : by_number) {
    auto events = Decode(thread.bytes);
    if (!events.ok()) return events.status();
    if (!events->empty()) threads.push_back({{}, *std::move(events)});
  }
  std::ranges::sort(threads, {}, [](const Thread& thread) {
    return thread.events.front().stamp_before;
  });
  return threads;
}

// A begin or an end of a block, in the order of all.
struct Moment {
  uint64_t stamp;
  uint32_t thread;
  bool begins;
  uint64_t event;
};

std::vector<Moment> MomentsOf(const std::vector<Thread>& threads) {
  std::vector<Moment> moments;
  for (uint32_t t = 0; t < threads.size(); ++t) {
    for (uint64_t i = 0; i < threads[t].events.size(); ++i) {
      const Event& event = threads[t].events[i];
      if (event.operation.ends()) {
        moments.push_back({event.stamp_before, t, false, i});
      }
      if (event.operation.begins()) {
        moments.push_back({event.stamp, t, true, i});
      }
    }
  }
  std::ranges::sort(moments, {}, &Moment::stamp);
  return moments;
}

// Which block each address is when it ends.
class Identifier {
 public:
  Identifier(std::vector<Thread>& threads, Compiled& out)
      : threads_(threads), out_(out), begun_(threads.size()) {}

  void Pass(const Moment& moment) {
    Event& event = threads_[moment.thread].events[moment.event];
    if (moment.begins) {
      Begin(moment.thread, event);
    } else {
      End(event);
    }
  }
  uint64_t live_bytes() const { return live_bytes_; }

 private:
  struct Block {
    BlockId id;
    uint64_t bytes;
  };

  void Begin(uint32_t thread, const Event& event) {
    const Block block = {{thread, begun_[thread]++}, event.operation.bytes};
    const auto [at, is_new] = live_.insert_or_assign(event.address, block);
    if (!is_new) ++out_.blocks_without_end;
    live_bytes_ += block.bytes;
    out_.trace.peak_live_bytes =
        std::max(out_.trace.peak_live_bytes, live_bytes_);
  }

  void End(Event& event) {
    const auto at = live_.find(event.old_address);
    if (at == live_.end()) {
      ++out_.ends_of_strangers;
      if (event.operation.call == TracedCall::kFree) event.is_stranger = true;
      event.operation.call =
          event.is_stranger ? TracedCall::kFree : TracedCall::kMalloc;
      return;
    }
    event.operation.ended = at->second.id;
    live_bytes_ -= at->second.bytes;
    live_.erase(at);
  }

  std::vector<Thread>& threads_;
  Compiled& out_;
  std::vector<uint64_t> begun_;
  absl::flat_hash_map<uint64_t, Block> live_;
  uint64_t live_bytes_ = 0;
};

// What had been done at each birth, where more than at the one before.
void NoteBirths(const std::vector<Thread>& threads, Trace& trace) {
  std::vector<uint64_t> events(threads.size());
  std::vector<uint64_t> kept(threads.size());
  for (size_t born = 1; born < threads.size(); ++born) {
    const uint64_t birth = threads[born].events.front().stamp_before;
    for (size_t t = 0; t < born; ++t) {
      const uint64_t kept_before = kept[t];
      while (events[t] < threads[t].events.size() &&
             threads[t].events[events[t]].stamp < birth) {
        if (!threads[t].events[events[t]++].is_stranger) ++kept[t];
      }
      if (kept[t] > kept_before) {
        trace.threads[born].born_after.push_back({t, kept[t]});
      }
    }
  }
}

void NoteTotals(Trace& trace) {
  std::vector<std::vector<uint64_t>> bytes(trace.threads.size());
  for (size_t t = 0; t < trace.threads.size(); ++t) {
    for (const Operation& operation : trace.threads[t].operations) {
      if (operation.begins()) bytes[t].push_back(operation.bytes);
    }
  }
  for (ThreadTrace& thread : trace.threads) {
    Tally tally;
    for (const Operation& operation : thread.operations) {
      const BlockId ended = operation.ended;
      tally.Add(operation,
                operation.ends() ? bytes[ended.thread][ended.index] : 0);
    }
    thread.totals = tally.totals();
  }
}

}  // namespace

bool IsRecording(std::string_view file) { return file.starts_with(kMagic); }

absl::StatusOr<Compiled> CompileRecording(std::string_view file) {
  if (!IsRecording(file)) {
    return absl::InvalidArgumentError("not a recording of this version");
  }
  auto threads = ReadThreads(file);
  if (!threads.ok()) return threads.status();
  Compiled out;
  Identifier identifier(*threads, out);
  for (const Moment& moment : MomentsOf(*threads)) identifier.Pass(moment);
  out.trace.live_bytes = identifier.live_bytes();
  for (const Thread& thread : *threads) {
    std::vector<Operation>& operations =
        out.trace.threads.emplace_back().operations;
    for (const Event& event : thread.events) {
      if (!event.is_stranger) operations.push_back(event.operation);
    }
  }
  NoteBirths(*threads, out.trace);
  NoteTotals(out.trace);
  return out;
}

}  // namespace headroom::replay
