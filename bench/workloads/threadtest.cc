// Many small objects, all freed in the order in which they came.
//
// Pattern: 10,000 objects of 8 bytes a thread, allocated, then freed; more than
//   a thread's cache holds.
// Source: threadtest of Berger et al., "Hoard: A Scalable Memory Allocator for
//   Multithreaded Applications", ASPLOS 2000; run as "threadtest N 1000 10000 0
//   8", but each thread has all 10,000, so that threads are alike.
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/run_pattern.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

template <typename Meter>
class Threadtest {
 public:
  using Shared = NothingShared;
  Threadtest(Context<Meter>& context, Shared&) : context_(context) {}

  void Run() {
    static constexpr size_t kBytes = 8;
    context_.Repeat([this, &blocks = context_.blocks] {
      for (char*& object : objects_) object = blocks.New(kBytes);
      for (char* object : objects_) blocks.Delete(object);
      return static_cast<int64_t>(objects_.size());
    });
  }

 private:
  Context<Meter>& context_;
  std::array<char*, 10000> objects_;
};

}  // namespace

HEADROOM_WORKLOAD(threadtest) = {
    .name = "threadtest",
    .pattern = "local",
    .about = "10,000 objects of 8 bytes, freed in order",
    .source = "threadtest, Berger et al. (Hoard), ASPLOS 2000",
    .throughput = kThroughputOf<Threadtest>,
    .latency = kLatencyOf<Threadtest>,
};

}  // namespace headroom
