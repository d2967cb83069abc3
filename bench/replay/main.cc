// Replays what HEADROOM_OPTIONS=trace=FILE recorded, on whatever malloc is
// preloaded. README.md says how.
//
// Ends with 1 and a sentence when the malloc fails or the replay differs from
// what was recorded, with 2 and a sentence for wrong arguments and damaged
// files.
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
#include "bench/measure/process_counters.h"
#include "bench/replay/check.h"
#include "bench/replay/plan.h"
#include "bench/replay/player.h"
#include "bench/replay/print.h"
#include "bench/replay/recording.h"
#include "bench/replay/report.h"
#include "bench/replay/trace_codec.h"

ABSL_FLAG(int, repeats, 1, "how often the trace is replayed");
ABSL_FLAG(bool, check, false,
          "compare order, live bytes and what blocks hold; slower");
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

int Replay(const std::string& path, const Trace& trace) {
  const auto plan = MakePlan(trace);
  if (!plan.ok()) return Complain(path, plan.status());
  const bool check = absl::GetFlag(FLAGS_check);
  const auto repeats = static_cast<uint64_t>(absl::GetFlag(FLAGS_repeats));
  Player player(trace, *plan, check);
  ProcessCounters counters;
  for (uint64_t i = 0; i < repeats; ++i) {
    const ProcessCounters before = ProcessCounters::Now();
    std::string failure = player.Play();
    counters += ProcessCounters::Now() - before;
    if (failure.empty() && check) {
      failure = FindDifference(trace, player.totals());
    }
    if (!failure.empty()) return Complain(kFailed, failure);
    player.FreeTheRest();
  }
  const Report report = {
      .name = std::filesystem::path(path).stem(),
      .threads = trace.threads.size(),
      .repeats = repeats,
      .operations = plan->begins * repeats,
      .live_bytes = trace.live_bytes,
      .peak_live_bytes = trace.peak_live_bytes,
      .checked = check,
      .counters = counters,
  };
  std::fputs(ReportText(report).c_str(), stdout);
  return 0;
}

int Main(const std::vector<char*>& arguments) {
  if (absl::GetFlag(FLAGS_compile)) {
    if (arguments.size() != 3) {
      return Complain(kRefused, "--compile wants a recording and a trace");
    }
    return Compile(arguments[1], arguments[2]);
  }
  if (arguments.size() != 2) {
    return Complain(kRefused, "wants one file; --help has more");
  }
  if (absl::GetFlag(FLAGS_repeats) < 1) {
    return Complain(kRefused, "--repeats is 1 or more");
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
      "[--repeats=N] FILE");
  return headroom::replay::Main(absl::ParseCommandLine(argc, argv));
}
