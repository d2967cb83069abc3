// Replays what HEADROOM_OPTIONS=trace=FILE recorded, on whatever malloc is
// preloaded. README.md says how.
//
// Ends with 1 and a sentence when the malloc fails or the replay differs from
// what was recorded, with 2 and a sentence for wrong arguments and damaged
// files.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/measure/lock_holder.h"
#include "bench/measure/measurement.h"
#include "bench/measure/ticks.h"
#include "bench/replay/own_memory.h"
#include "bench/replay/plan.h"
#include "bench/replay/print.h"
#include "bench/replay/recording.h"
#include "bench/replay/timed_replay.h"
#include "bench/replay/trace_codec.h"

ABSL_FLAG(int, repeats, 1, "how often the trace is replayed");
ABSL_FLAG(double, seconds, 0, "instead: replayed again until so long is over");
ABSL_FLAG(int64_t, operations, 0,
          "instead: replayed again until so many blocks have begun");
ABSL_FLAG(bool, check, false,
          "compare order, live bytes and what blocks hold; slower");
ABSL_FLAG(bool, latency, false, "time every call, after one checked replay");
ABSL_FLAG(double, rss_every_ms, 0, "note the memory so often");
ABSL_FLAG(std::string, hold_lock, "",
          "BYTES=Nms: hold the lock that requests of so many bytes need, on "
          "libheadroom_measured.so");
ABSL_FLAG(bool, slices, false,
          "a line of standard input begins each part: bench/measure/turns.h");
ABSL_FLAG(bool, list, false, "TRACE...: name each as a workload");
ABSL_FLAG(bool, compile, false, "RECORDING TRACE: make the one of the other");
ABSL_FLAG(bool, print, false, "print the trace in words instead");

namespace headroom::replay {
namespace {

constexpr int kFailed = 1;
constexpr int kRefused = 2;

int Complain(int status, absl::string_view sentence) {
  const std::string line = absl::StrCat("replay: ", sentence, "\n");
  std::fputs(line.c_str(), stderr);
  return status;
}

int Complain(const std::string& path, const absl::Status& status) {
  return Complain(kRefused, absl::StrCat(path, ": ", status.message()));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::NotFoundError("there is no such file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file.good()) return absl::UnavailableError("it cannot be read");
  return bytes;
}

// Of a trace or a recording.
absl::StatusOr<Trace> ReadTrace(const std::string& path) {
  auto file = ReadFile(path);
  if (!file.ok()) return file.status();
  if (IsTrace(*file)) return DecodeTrace(*file);
  if (!IsRecording(*file)) {
    return absl::InvalidArgumentError(
        "neither a trace nor a recording of this version");
  }
  auto compiled = CompileRecording(*file);
  if (!compiled.ok()) return compiled.status();
  return std::move(compiled->trace);
}

int Compile(const std::string& from, const std::string& to) {
  const auto file = ReadFile(from);
  if (!file.ok()) return Complain(from, file.status());
  const auto compiled = CompileRecording(*file);
  if (!compiled.ok()) return Complain(from, compiled.status());
  const auto plan = MakePlan(compiled->trace);
  if (!plan.ok()) return Complain(from, plan.status());
  std::ofstream out(to, std::ios::binary);
  out << EncodeTrace(compiled->trace) << std::flush;
  if (!out.good()) return Complain(kFailed, to + ": it cannot be written");
  std::printf(
      "threads: %zu\nallocations: %llu\n"
      "ends of blocks that were there before: %llu\n"
      "blocks whose end was not recorded: %llu\n",
      compiled->trace.threads.size(),
      static_cast<unsigned long long>(plan->begins),
      static_cast<unsigned long long>(compiled->ends_of_strangers),
      static_cast<unsigned long long>(compiled->blocks_without_end));
  return 0;
}

// Empty, or what is wrong.
std::string ReadOptions(ReplayOptions& options) {
  MeasurementOptions& measured = options.measured;
  options.length = {.operations = absl::GetFlag(FLAGS_operations),
                    .seconds = absl::GetFlag(FLAGS_seconds),
                    .repeats = absl::GetFlag(FLAGS_repeats)};
  options.check = absl::GetFlag(FLAGS_check);
  options.own_memory_kib = &OwnMemoryKib;
  measured.slices = absl::GetFlag(FLAGS_slices);
  measured.latency = absl::GetFlag(FLAGS_latency);
  measured.rss_every_ms = absl::GetFlag(FLAGS_rss_every_ms);
  if (options.length.repeats < 1) return "--repeats is 1 or more";
  if (options.length.operations < 0) return "--operations is 1 or more";
  if (!(options.length.seconds >= 0 && options.length.seconds <= 3600)) {
    return "--seconds is more than 0 and up to 3600";
  }
  if (!(measured.rss_every_ms >= 0 && measured.rss_every_ms <= 1e6)) {
    return "--rss_every_ms is more than 0 and up to 1000000";
  }
  if (options.check && measured.latency) {
    return "--check and --latency exclude each other";
  }
  if (measured.slices && measured.latency) return kNoLatencyInSlices;
  if (measured.latency && !TicksAreTime()) return kNoEvenTicks;
  if (options.length.seconds > 0) measured.seconds = options.length.seconds;
  const std::string hold = absl::GetFlag(FLAGS_hold_lock);
  return hold.empty() ? "" : ParseLockHold(hold, measured.hold);
}

int List(const std::vector<char*>& arguments) {
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string path = arguments[i];
    const auto trace = ReadTrace(path);
    if (!trace.ok()) return Complain(path, trace.status());
    const auto plan = MakePlan(*trace);
    if (!plan.ok()) return Complain(path, plan.status());
    std::puts(ListingOf(NameOf(path), *plan).c_str());
  }
  return 0;
}

int Replay(const std::string& path, const Trace& trace) {
  ReplayOptions options;
  if (const std::string wrong = ReadOptions(options); !wrong.empty()) {
    return Complain(kRefused, wrong);
  }
  const auto plan = MakePlan(trace);
  if (!plan.ok()) return Complain(path, plan.status());
  const auto report = RunTimedReplay(NameOf(path), trace, *plan, options);
  if (!report.ok()) {
    return Complain(absl::IsAborted(report.status()) ? kFailed : kRefused,
                    report.status().message());
  }
  std::puts(report->c_str());
  return 0;
}

int Main(const std::vector<char*>& arguments) {
  if (absl::GetFlag(FLAGS_compile)) {
    if (arguments.size() != 3) {
      return Complain(kRefused, "--compile wants a recording and a trace");
    }
    return Compile(arguments[1], arguments[2]);
  }
  if (absl::GetFlag(FLAGS_list)) return List(arguments);
  if (arguments.size() != 2) {
    return Complain(kRefused, "wants one file; --help has more");
  }
  const std::string path = arguments[1];
  const auto trace = ReadTrace(path);
  if (!trace.ok()) return Complain(path, trace.status());
  if (absl::GetFlag(FLAGS_print)) {
    std::fputs(TraceText(*trace).c_str(), stdout);
    return 0;
  }
  return Replay(path, *trace);
}

}  // namespace
}  // namespace headroom::replay

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "replays a trace on the malloc of this process: replay [--check] "
      "[--repeats=N | --seconds=S] FILE");
  return headroom::replay::Main(absl::ParseCommandLine(argc, argv));
}
