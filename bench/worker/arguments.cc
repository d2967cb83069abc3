#include "bench/worker/arguments.h"

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "bench/measure/lock_holder.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

constexpr char kUsage[] =
    "bench_worker --list, or bench_worker --workload=NAME [--threads=N] "
    "[--seconds=S | --operations=N] [--slices] [--latency] [--rss_every_ms=M] "
    "[--hold_lock=BYTES=Nms]";

// The whole of `text` as a number from `least` to `most`.
template <typename Number>
bool Parse(std::string_view text, Number least, Number most, Number& number) {
  const char* end = text.data() + text.size();
  const std::from_chars_result result =
      std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && number >= least &&
         number <= most;
}

// Takes NAME=VALUE apart, when the name is that one.
bool Consume(std::string_view name, std::string_view& argument) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  return true;
}

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

const Workload* Find(std::string_view name) {
  for (const Workload* workload : AllWorkloads()) {
    if (workload->name == name) return workload;
  }
  return nullptr;
}

// Reads one argument; what is wrong with it, or nothing.
std::string Take(std::string_view argument, Arguments& arguments) {
  std::string_view value = argument;
  if (argument == "--list") {
    arguments.list = true;
  } else if (argument == "--latency") {
    arguments.measured.latency = true;
  } else if (argument == "--slices") {
    arguments.measured.slices = true;
  } else if (Consume("--workload=", value)) {
    arguments.workload = Find(value);
    if (arguments.workload == nullptr) {
      return "there is no workload " + Quoted(value) + "; --list names them";
    }
  } else if (Consume("--threads=", value)) {
    if (!Parse(value, 1, Arguments::kMostThreads, arguments.threads)) {
      return "--threads wants a number from 1 to " +
             std::to_string(Arguments::kMostThreads) + ", not " + Quoted(value);
    }
  } else if (Consume("--seconds=", value)) {
    if (!Parse(value, 0.001, 3600.0, arguments.measured.seconds)) {
      return "--seconds wants a number from 0.001 to 3600, not " +
             Quoted(value);
    }
  } else if (Consume("--operations=", value)) {
    constexpr int64_t kMost = 1'000'000'000'000;
    if (!Parse(value, int64_t{1}, kMost, arguments.operations)) {
      return "--operations wants a number from 1 to " + std::to_string(kMost) +
             ", not " + Quoted(value);
    }
  } else if (Consume("--rss_every_ms=", value)) {
    if (!Parse(value, 0.1, 1e6, arguments.measured.rss_every_ms)) {
      return "--rss_every_ms wants a number from 0.1 to 1000000, not " +
             Quoted(value);
    }
  } else if (Consume("--hold_lock=", value)) {
    return ParseLockHold(value, arguments.measured.hold);
  } else {
    return Quoted(argument) + " is not understood; usage: " + kUsage;
  }
  return "";
}

}  // namespace

std::string ParseArguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    if (std::string wrong = Take(argv[i], arguments); !wrong.empty()) {
      return wrong;
    }
  }
  if (arguments.list) return "";
  if (arguments.workload == nullptr) return std::string("usage: ") + kUsage;
  const Workload& workload = *arguments.workload;
  if (arguments.threads == 0) arguments.threads = workload.least_threads;
  const bool few = arguments.threads < workload.least_threads;
  const bool many =
      workload.most_threads != 0 && arguments.threads > workload.most_threads;
  if (arguments.operations != 0 && arguments.threads != 1) {
    return "--operations counts those of one thread, not of " +
           std::to_string(arguments.threads);
  }
  if (!few && !many) return "";
  return std::string(workload.name) + " wants at " +
         (few ? "least " : "most ") +
         std::to_string(few ? workload.least_threads : workload.most_threads) +
         " threads, not " + std::to_string(arguments.threads);
}

}  // namespace headroom
