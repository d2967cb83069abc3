#include "bench/worker/arguments.h"

#include <cmath>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "bench/workloads/workload.h"

namespace headroom {
namespace {

constexpr char kUsage[] =
    "bench_worker --list, or bench_worker --workload=NAME [--threads=N] "
    "[--seconds=S] [--latency] [--rss_every_ms=M]";

template <typename... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

const Workload* Find(absl::string_view name) {
  for (const Workload* workload : AllWorkloads()) {
    if (workload->name == name) return workload;
  }
  return nullptr;
}

// Reads one argument.
absl::Status Take(absl::string_view argument, Arguments& arguments) {
  absl::string_view value = argument;
  if (argument == "--list") {
    arguments.list = true;
  } else if (argument == "--latency") {
    arguments.latency = true;
  } else if (absl::ConsumePrefix(&value, "--workload=")) {
    arguments.workload = Find(value);
    if (arguments.workload == nullptr) {
      return Wrong("there is no workload '", value, "'; --list names them");
    }
  } else if (absl::ConsumePrefix(&value, "--threads=")) {
    if (!absl::SimpleAtoi(value, &arguments.threads) || arguments.threads < 1 ||
        arguments.threads > Arguments::kMostThreads) {
      return Wrong("--threads wants a number from 1 to ",
                   Arguments::kMostThreads, ", not '", value, "'");
    }
  } else if (absl::ConsumePrefix(&value, "--seconds=")) {
    if (!absl::SimpleAtod(value, &arguments.seconds) ||
        !(arguments.seconds > 0) ||
        arguments.seconds > Arguments::kMostSeconds) {
      return Wrong("--seconds wants a positive number up to ",
                   Arguments::kMostSeconds, ", not '", value, "'");
    }
  } else if (absl::ConsumePrefix(&value, "--rss_every_ms=")) {
    if (!absl::SimpleAtod(value, &arguments.rss_every_ms) ||
        !(arguments.rss_every_ms >= 0.1) ||
        !std::isfinite(arguments.rss_every_ms)) {
      return Wrong("--rss_every_ms wants a number from 0.1, not '", value, "'");
    }
  } else {
    return Wrong("'", argument, "' is not understood; usage: ", kUsage);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    if (absl::Status taken = Take(argv[i], arguments); !taken.ok()) {
      return taken;
    }
  }
  if (arguments.list) return arguments;
  if (arguments.workload == nullptr) return Wrong("usage: ", kUsage);
  const Workload& workload = *arguments.workload;
  if (arguments.threads == 0) arguments.threads = workload.least_threads;
  if (arguments.threads < workload.least_threads) {
    return Wrong(workload.name, " wants at least ", workload.least_threads,
                 " threads, not ", arguments.threads);
  }
  if (workload.most_threads != 0 && arguments.threads > workload.most_threads) {
    return Wrong(workload.name, " wants at most ", workload.most_threads,
                 " threads, not ", arguments.threads);
  }
  return arguments;
}

}  // namespace headroom
