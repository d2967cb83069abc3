// The main job of `./x run`: demo_workload on Headroom beside the same workload
// on the system's malloc, in turns, and a small table of medians. Takes from:
// demo_workload (a child process each time), child_process. Gives to: a person.
// Ends with status 1 and a sentence when the library is missing, a child fails,
// a child ran on the wrong malloc, or checksums differ.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/child_process.h"

ABSL_FLAG(std::string, library, "",
          "libheadroom.so; by default the one that was built beside this");
ABSL_FLAG(int, threads, 0,
          "threads; 0: twice the cores, at least 4, at most 16");
ABSL_FLAG(int, operations, 1'500'000, "operations of each thread in one run");
ABSL_FLAG(int, blocks, 20'000, "blocks that each thread keeps");
ABSL_FLAG(int, runs, 5, "runs on each malloc, of which the median counts");
ABSL_FLAG(absl::Duration, budget, absl::Seconds(16),
          "no further pair of runs starts after this time");

namespace headroom {
namespace {

namespace fs = std::filesystem;

// What one child reports.
struct Run {
  double operations = 0;
  double seconds = 0;
  double peak_rss_kib = 0;
  std::string checksum;
  std::string malloc_file;
};

// One malloc, and its runs so far.
struct Side {
  std::string name;
  std::string preload;  // empty: the system's malloc
  std::vector<Run> runs;
};

fs::path OwnFolder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

absl::StatusOr<std::string> FindLibrary() {
  std::vector<fs::path> places = {OwnFolder() / "libheadroom.so",
                                  OwnFolder() / "../allocator/libheadroom.so"};
  const std::string given = absl::GetFlag(FLAGS_library);
  if (!given.empty()) places = {given};
  for (const fs::path& place : places) {
    std::error_code error;
    const std::string found = fs::canonical(place, error).string();
    if (error) continue;
    if (found.find_first_of(" :") == std::string::npos) return found;
    return absl::InvalidArgumentError(absl::StrCat(
        "LD_PRELOAD cannot name ", found, ": a space or a colon is in it"));
  }
  return absl::NotFoundError(absl::StrCat(
      "there is no library ", places.back().lexically_normal().string(),
      "; `bazel build //allocator:libheadroom.so` makes it, --library names "
      "another"));
}

int Threads() {
  const int asked = absl::GetFlag(FLAGS_threads);
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return asked > 0 ? asked : std::clamp(2 * cores, 4, 16);
}

// Reads demo_workload's line: words of the form name=value.
absl::StatusOr<Run> ParseRun(absl::string_view line) {
  std::map<std::string, std::string> values;
  for (absl::string_view word :
       absl::StrSplit(absl::StripAsciiWhitespace(line), ' ')) {
    values.insert(absl::StrSplit(word, absl::MaxSplits('=', 1)));
  }
  Run run = {.checksum = values["checksum"], .malloc_file = values["malloc"]};
  if (!absl::SimpleAtod(values["operations"], &run.operations) ||
      !absl::SimpleAtod(values["seconds"], &run.seconds) ||
      !absl::SimpleAtod(values["maxrss_kib"], &run.peak_rss_kib) ||
      run.seconds <= 0 || run.peak_rss_kib <= 0 || run.checksum.empty()) {
    return absl::InternalError(
        absl::StrCat("the workload did not report what it did: ", line));
  }
  return run;
}

// The malloc that served the child must be the one it was given: a comparison
// of glibc with glibc would look fair.
absl::Status CheckMalloc(const Side& side, const Run& run,
                         const std::string& library) {
  std::error_code error;
  const fs::path file = fs::canonical(run.malloc_file, error);
  const bool is_library = !error && file == library;
  if (is_library == !side.preload.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "the run on ", side.name, " took malloc from ", run.malloc_file));
}

absl::Status RunOnce(Side& side, const std::string& library) {
  const absl::StatusOr<std::string> line = RunChild(
      {(OwnFolder() / "demo_workload").string(), absl::StrCat(Threads()),
       absl::StrCat(absl::GetFlag(FLAGS_operations)),
       absl::StrCat(absl::GetFlag(FLAGS_blocks))},
      side.preload);
  if (!line.ok()) {
    return absl::InternalError(absl::StrCat(
        "the run on ", side.name, " failed: ", line.status().message()));
  }
  const absl::StatusOr<Run> run = ParseRun(*line);
  if (!run.ok()) return run.status();
  if (absl::Status right = CheckMalloc(side, *run, library); !right.ok()) {
    return right;
  }
  side.runs.push_back(*run);
  absl::PrintF("  %-13s  %s\n", side.name,
               absl::FormatDuration(absl::Trunc(absl::Seconds(run->seconds),
                                                absl::Milliseconds(1))));
  std::fflush(stdout);
  return absl::OkStatus();
}

double Median(const Side& side, double (*figure)(const Run&)) {
  std::vector<double> figures;
  for (const Run& run : side.runs) figures.push_back(figure(run));
  std::sort(figures.begin(), figures.end());
  const size_t middle = figures.size() / 2;
  return figures.size() % 2 == 1 ? figures[middle]
                                 : (figures[middle - 1] + figures[middle]) / 2;
}

double MegaOperations(const Run& run) {
  return run.operations / run.seconds / 1e6;
}
double Mebibytes(const Run& run) { return run.peak_rss_kib / 1024; }

// Less than 3 % apart is noise.
std::string Compare(double ratio, absl::string_view less,
                    absl::string_view equal, absl::string_view more) {
  const double percent = (ratio - 1) * 100;
  if (percent < -3) return absl::StrFormat("%.0f %% %s", -percent, less);
  if (percent > 3) return absl::StrFormat("%.0f %% %s", percent, more);
  return std::string(equal);
}

void PrintTable(const Side& ours, const Side& theirs) {
  const double speeds[] = {Median(ours, MegaOperations),
                           Median(theirs, MegaOperations)};
  const double sizes[] = {Median(ours, Mebibytes), Median(theirs, Mebibytes)};
  const double speed = speeds[0] / speeds[1];
  const double size = sizes[0] / sizes[1];
  constexpr char kRow[] = "%-32s %10.2f %14.2f %8.2f\n";
  absl::PrintF("\n%-32s %10s %14s %8s\n",
               absl::StrFormat("median of %d", ours.runs.size()), ours.name,
               theirs.name, "ratio");
  absl::PrintF(kRow, "throughput, million operations/s", speeds[0], speeds[1],
               speed);
  absl::PrintF(kRow, "peak RSS, MiB", sizes[0], sizes[1], size);
  absl::PrintF("\nHere Headroom is %s, and takes %s than the system malloc.\n",
               Compare(speed, "slower", "no faster and no slower", "faster"),
               Compare(size, "less memory", "no more and no less memory",
                       "more memory"));
}

absl::Status Demo() {
  const absl::StatusOr<std::string> library = FindLibrary();
  if (!library.ok()) return library.status();
  Side ours = {"Headroom", *library, {}};
  Side theirs = {"system malloc", "", {}};
  absl::PrintF(
      "%d threads on %d cores, each with %d blocks, %d operations: replace a "
      "block (8 bytes to 256 KiB,\nmost of them small), grow one in 32, hand "
      "one "
      "in 8 to another thread to free; check all content.\nHeadroom is %s.\n",
      Threads(), std::thread::hardware_concurrency(),
      absl::GetFlag(FLAGS_blocks), absl::GetFlag(FLAGS_operations), *library);
  const absl::Time deadline = absl::Now() + absl::GetFlag(FLAGS_budget);
  for (int i = 0; i < absl::GetFlag(FLAGS_runs); ++i) {
    if (i > 0 && absl::Now() > deadline) break;
    for (Side* side : {&ours, &theirs}) {
      if (absl::Status run = RunOnce(*side, *library); !run.ok()) return run;
      if (side->runs.back().checksum != ours.runs[0].checksum) {
        return absl::InternalError("two runs gave different checksums");
      }
    }
  }
  PrintTable(ours, theirs);
  return absl::OkStatus();
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Runs a multithreaded workload on Headroom and on the system's malloc.");
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_runs) < 1) {
    absl::FPrintF(stderr, "run_demo: --runs must be at least 1\n");
    return 1;
  }
  if (const absl::Status status = headroom::Demo(); !status.ok()) {
    absl::FPrintF(stderr, "run_demo: %s\n", status.message());
    return 1;
  }
  return 0;
}
