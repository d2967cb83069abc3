#include "bench/workloads/team.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
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
void Team::AwaitStart() {
  Meet();
  Meet();
}

int64_t Team::MostOperations() const {
  return plan_.operations != 0 ? plan_.operations
                               : std::numeric_limits<int64_t>::max();
}

void Team::Lead() {
  for (int part = 0; part < kParts; ++part) {
    const bool measured = part == kParts - 1;
    Meet();
    stop_.store(false, std::memory_order_relaxed);
    if (measured) plan_.begin();
    Meet();
    if (plan_.operations == 0) {
      std::this_thread::sleep_for(std::chrono::duration<double>(
          measured ? plan_.seconds : plan_.warm_up_seconds));
      stop_.store(true, std::memory_order_relaxed);
    }
    Meet();
    if (measured) plan_.end();
  }
}

}  // namespace headroom
