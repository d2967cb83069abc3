// RSS over time: a thread that reads it every few milliseconds.
// Takes from: process_counters, mapped_array. Gives to: measurement. Allocates
// nothing while it samples; its thread exists before it is started.
#ifndef BENCH_MEASURE_RSS_SAMPLER_H_
#define BENCH_MEASURE_RSS_SAMPLER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

#include "bench/measure/mapped_array.h"
#include "bench/measure/process_counters.h"

namespace headroom {

struct RssSample {
  double ms;  // since Start()
  int64_t kib;
};

class RssSampler {
 public:
  RssSampler(double every_ms, size_t most_samples);
  ~RssSampler();

  // The first sample is taken at Start, the last at Stop.
  void Start();
  void Stop();

  // Valid after Stop.
  const RssSample* begin() { return samples_.begin(); }
  const RssSample* end() { return samples_.begin() + taken_; }

 private:
  enum class State { kWaiting, kSampling, kStopped };

  void Sample();
  void Run();

  const double every_ms_;
  RssReader reader_;
  MappedArray<RssSample> samples_;
  size_t taken_ = 0;
  int64_t start_ns_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kWaiting;
  std::thread thread_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_RSS_SAMPLER_H_
