#include "bench/workloads/team.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <thread>

#include "bench/workloads/workload.h"

namespace headroom {

Team::Team(const Plan& plan) : plan_(plan) {
  pthread_barrier_init(&barrier_, nullptr,
                       static_cast<unsigned>(plan.threads) + 1);
}

Team::~Team() { pthread_barrier_destroy(&barrier_); }

// Once to say that this thread is ready, once to be let go.
bool Team::AwaitStart() {
  Meet();
  Meet();
  return more_;
}

int64_t Team::MostOperations() const {
  return plan_.operations != 0 ? plan_.operations
                               : std::numeric_limits<int64_t>::max();
}

void Team::Lead(const std::function<int64_t()>& operations) {
  int64_t before = 0;
  for (double warm_up = plan_.warm_up_seconds;;
       warm_up = plan_.warm_again_seconds) {
    Meet();
    more_ = plan_.next();
    if (!more_) break;
    LeadPart(warm_up);
    Meet();
    plan_.begin();
    LeadPart(plan_.seconds);
    const int64_t now = operations();
    plan_.end(now - before);
    before = now;
  }
  Meet();
}

// From the players' start to their end.
void Team::LeadPart(double seconds) {
  stop_.store(false, std::memory_order_relaxed);
  Meet();
  if (plan_.operations == 0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop_.store(true, std::memory_order_relaxed);
  }
  Meet();
}

}  // namespace headroom
