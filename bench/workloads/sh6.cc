// Runs of blocks of one size, freed in mixed order.
//
// Pattern: each round fills a table of 4096 with runs of 16 blocks of one size,
//   1 to 1000 bytes, then frees one half from the front and the other from the
//   back; every eighth block waits a round longer.
// Source: after sh6bench of MicroQuill's SmartHeap: sizes up to 1000 bytes,
//   uneven order, survivors.
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class Sh6 {
 public:
  using Shared = NothingShared;
  Sh6(Context<Meter>& context, Shared&) : context_(context) {
    for (char*& block : waiting_) block = context.blocks.New(1);
  }
  ~Sh6() {
    for (char* block : waiting_) context_.blocks.Delete(block);
  }

  void Run() {
    context_.Repeat([this] {
      Fill();
      for (char* block : waiting_) context_.blocks.Delete(block);
      for (size_t i = 0; i < kBlocks / 2; ++i) Release(i);
      for (size_t i = kBlocks; i-- > kBlocks / 2;) Release(i);
      return static_cast<int64_t>(kBlocks);
    });
  }

 private:
  static constexpr size_t kBlocks = 4096;
  static constexpr size_t kRun = 16;
  static constexpr size_t kMostBytes = 1000;
  static constexpr size_t kWaits = 8;

  void Fill() {
    for (size_t i = 0; i < kBlocks; ++i) {
      if (i % kRun == 0) bytes_ = bytes_ % kMostBytes + 1;
      table_[i] = context_.blocks.New(bytes_);
    }
  }
  void Release(size_t i) {
    if (i % kWaits == 0) {
      waiting_[i / kWaits] = table_[i];
    } else {
      context_.blocks.Delete(table_[i]);
    }
  }

  Context<Meter>& context_;
  size_t bytes_ = 1;
  std::array<char*, kBlocks> table_;
  std::array<char*, kBlocks / kWaits> waiting_;
};

}  // namespace

HEADROOM_WORKLOAD(sh6) = {
    .name = "sh6",
    .pattern = "local",
    .about =
        "runs of one size, freed from both ends, one in eight survives a round",
    .source = "after sh6bench, MicroQuill SmartHeap",
    .throughput = kThroughputOf<Sh6>,
    .latency = kLatencyOf<Sh6>,
};

}  // namespace headroom
