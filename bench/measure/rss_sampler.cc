#include "bench/measure/rss_sampler.h"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <thread>

#include "bench/measure/ticks.h"

namespace headroom {

RssSampler::RssSampler(double every_ms, size_t most_samples)
    : every_ms_(every_ms), samples_(most_samples), thread_([this] { Run(); }) {}

RssSampler::~RssSampler() {
  Stop();
  thread_.join();
}

void RssSampler::Start() {
  const std::lock_guard lock(mutex_);
  start_ns_ = NowNs();
  Sample();
  state_ = State::kSampling;
  changed_.notify_one();
}

void RssSampler::Stop() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kSampling) Sample();
  state_ = State::kStopped;
  changed_.notify_one();
}

void RssSampler::Sample() {
  if (taken_ == samples_.size()) return;
  samples_[taken_++] = {.ms = static_cast<double>(NowNs() - start_ns_) / 1e6,
                        .kib = reader_.Kib()};
}

// Due at multiples of the period; those that were missed are left out.
void RssSampler::Run() {
  using Clock = std::chrono::steady_clock;
  const auto period = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double, std::milli>(every_ms_));
  const auto is_over = [this] { return state_ == State::kStopped; };
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ != State::kWaiting; });
  Clock::time_point due = Clock::now();
  while (!is_over()) {
    while (due <= Clock::now()) due += period;
    if (!changed_.wait_until(lock, due, is_over)) Sample();
  }
}

}  // namespace headroom
