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

void RssSampler::Run() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ != State::kWaiting; });
  const auto start = std::chrono::steady_clock::now();
  for (int tick = 1; state_ == State::kSampling; ++tick) {
    const auto due =
        start +
        std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::duration<double, std::milli>(tick * every_ms_));
    if (!changed_.wait_until(lock, due,
                             [this] { return state_ != State::kSampling; })) {
      Sample();
    }
  }
}

}  // namespace headroom
