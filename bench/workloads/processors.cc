#include "bench/workloads/processors.h"

#include <sched.h>

#include <cstddef>

namespace headroom {

Processors::Processors(size_t threads) {
  static constexpr size_t kMostToOne = 8;
  CPU_ZERO(&allowed_);
  sched_getaffinity(0, sizeof(allowed_), &allowed_);
  count_ = static_cast<size_t>(CPU_COUNT(&allowed_));
  if (threads > kMostToOne * count_) count_ = 0;
}

void Processors::Keep(size_t thread) const {
  if (count_ == 0) return;
  // Each round begins one further: even and odd threads share processors.
  size_t before = (thread + thread / count_) % count_;
  for (size_t i = 0; i < CPU_SETSIZE; ++i) {
    if (!CPU_ISSET(i, &allowed_) || before-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    sched_setaffinity(0, sizeof(one), &one);
    return;
  }
}

}  // namespace headroom
