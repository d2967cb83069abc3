#include "bench/measure/lock_holder.h"

#include <charconv>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

namespace headroom {
namespace {

// Takes a number from the front of `text`.
template <typename Number>
bool Take(std::string_view& text, Number& number) {
  const std::from_chars_result result =
      std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(result.ptr - text.data()));
  return result.ec == std::errc();
}

}  // namespace

std::string ParseLockHold(std::string_view text, LockHold& hold) {
  constexpr unsigned kMostMs = 999;
  std::string_view rest = text;
  const bool has_bytes = Take(rest, hold.bytes) && rest.starts_with('=');
  if (has_bytes) rest.remove_prefix(1);
  if (has_bytes && Take(rest, hold.ms) && rest == "ms" && hold.ms >= 1 &&
      hold.ms <= kMostMs) {
    return "";
  }
  return "--hold_lock wants BYTES=Nms, up to " + std::to_string(kMostMs) +
         " ms, not '" + std::string(text) + "'";
}

LockHolder::LockHolder(MallocHooks& hooks, const LockHold& hold)
    : hooks_(hooks), hold_(hold), works_(Hold()), thread_([this] { Run(); }) {}

void LockHolder::Start() {
  const std::lock_guard guard(mutex_);
  state_ = State::kHolding;
  changed_.notify_one();
}

void LockHolder::Stop() {
  {
    const std::lock_guard guard(mutex_);
    state_ = State::kStopped;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void LockHolder::Run() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ != State::kWaiting; });
  while (state_ == State::kHolding) {
    lock.unlock();
    Hold();
    lock.lock();
    changed_.wait_for(lock, std::chrono::milliseconds(hold_.ms),
                      [this] { return state_ == State::kStopped; });
  }
}

}  // namespace headroom
