// Runs of blocks after a histogram of sizes, and a few that go to another
// thread.
//
// Pattern: 7321 blocks of twelve sizes from 8 bytes to 165 KiB, in runs: 5000
//   of 16 bytes, 1000 of 48, fewer of the larger. A table of kPlaces is filled
//   with them, then a fifth of it stays, and the rest is freed, see
//   survivors.h. With each round go kMailBlocks blocks of 8 bytes to another
//   thread, which frees them in the order of allocation.
// Source: sh8bench of MicroQuill's SmartHeap as mimalloc-bench runs it: its
//   histogram, its table of 1,000,000 blocks for 4 threads, its 10,000,000 of
//   427,000,000 blocks that another thread frees. There one thread allocates
//   these, at the start; here all do, all the time, so that a short run has
//   its part of them, too.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/workloads/blocks.h"
#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/survivors.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

constexpr size_t kPlaces = 50'000;
constexpr size_t kMailBlocks = 1000;
using Mail = std::array<char*, kMailBlocks>;

// The size of each block in turn.
class HistogramOfSizes {
 public:
  size_t Next() {
    if (left_ == 0) {
      run_ = (run_ + 1) % kRuns.size();
      left_ = kRuns[run_].blocks;
    }
    --left_;
    return kRuns[run_].bytes;
  }

 private:
  struct RunOfSize {
    size_t bytes;
    int blocks;
  };
  static constexpr std::array<RunOfSize, 12> kRuns = {{{8, 1000},
                                                       {16, 5000},
                                                       {48, 1000},
                                                       {72, 100},
                                                       {148, 100},
                                                       {200, 100},
                                                       {520, 10},
                                                       {1056, 5},
                                                       {4096, 3},
                                                       {9162, 1},
                                                       {34562, 1},
                                                       {168524, 1}}};

  size_t run_ = 0;
  int left_ = 0;
};

template <typename Meter>
class Sh8 {
 public:
  // Two mails a thread: one in its hands, one in its box. A thread exchanges
  // mails with its own box and with the next one's by turns.
  struct Shared {
    explicit Shared(Context<Meter>& context)
        : mails(2 * static_cast<size_t>(context.threads)),
          boxes(static_cast<size_t>(context.threads)) {}
    std::vector<Mail> mails;
    std::vector<std::atomic<Mail*>> boxes;
  };

  Sh8(Context<Meter>& context, Shared& shared)
      : context_(context),
        own_(static_cast<size_t>(context.index)),
        boxes_(shared.boxes),
        mail_(&shared.mails[2 * own_]),
        table_(context.blocks, [this] { return sizes_.Next(); }) {
    Write(*mail_);
    Mail* second = &shared.mails[2 * own_ + 1];
    Write(*second);
    boxes_[own_] = second;
  }
  ~Sh8() {
    Empty(*mail_);
    Empty(*boxes_[own_]);
  }

  void Run() {
    context_.Repeat([this] {
      table_.Round([this] { return sizes_.Next(); });
      Empty(*mail_);
      Write(*mail_);
      const size_t next = own_ + (++rounds_ % 2);
      mail_ = boxes_[next % boxes_.size()].exchange(mail_);
      return table_.kPerRound + static_cast<int64_t>(kMailBlocks);
    });
  }

 private:
  void Write(Mail& mail) {
    for (char*& block : mail) block = context_.blocks.New(8);
  }
  void Empty(const Mail& mail) {
    for (char* block : mail) context_.blocks.Delete(block);
  }

  Context<Meter>& context_;
  const size_t own_;
  std::vector<std::atomic<Mail*>>& boxes_;
  Mail* mail_;
  uint32_t rounds_ = 0;
  HistogramOfSizes sizes_;
  Survivors<Blocks<Meter>, kPlaces> table_;
};

}  // namespace

HEADROOM_WORKLOAD(sh8) = {
    .name = "sh8",
    .pattern = "hand-over",
    .about =
        "sizes after a histogram to 165 KiB, freed from both ends, a fifth "
        "survives, a few go to another thread",
    .source = "sh8bench, MicroQuill SmartHeap, as in mimalloc-bench",
    .quick = true,
    .throughput = kThroughputOf<Sh8>,
    .latency = kLatencyOf<Sh8>,
};

}  // namespace headroom
