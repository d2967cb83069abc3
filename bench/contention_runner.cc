// Runs the contention benchmark on several mallocs, in turns, and prints one
// table of medians: `./x bench`.
//
// Role: each figure is a fresh process; the mallocs take turns within each
//   repetition, so that a noisy minute hits all of them.
// Takes from: contention_benchmark_headroom and _system (child processes),
//   child_process. Gives to: a person; with --json, a program.
// Ends with status 1 and a sentence when a child fails or ran on a malloc that
//   is not the one it should have.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "bench/child_process.h"

ABSL_FLAG(std::vector<std::string>, peer, {},
          "other mallocs to compare with: NAME=LIBRARY.so,NAME=LIBRARY.so");
ABSL_FLAG(std::vector<std::string>, level, {},
          "Headroom again with other options: NAME=HEADROOM_OPTIONS,...");
ABSL_FLAG(std::vector<std::string>, threads,
          (std::vector<std::string>{"1", "2", "4", "8"}),
          "numbers of threads, of 1, 2, 4 and 8");
ABSL_FLAG(int, repeats, 5, "runs of each, of which the median counts");
ABSL_FLAG(double, seconds, 0.1, "length of a run");
ABSL_FLAG(std::string, filter, "", "regular expression: benchmarks to run");
ABSL_FLAG(bool, cpu, false,
          "show CPU time instead of wall time: steadier where others use the "
          "machine, blind to waiting");
ABSL_FLAG(std::string, json, "", "file for all figures");

namespace headroom {
namespace {

namespace fs = std::filesystem;

struct Run {
  double wall_ns = 0;
  double cpu_ns = 0;
  double peak_rss_mib = 0;
};

struct Malloc {
  std::string name;
  std::string program;
  std::string preload;      // empty: none
  std::string malloc_file;  // where malloc must be found
  std::string options;      // HEADROOM_OPTIONS; empty: as the caller has them
};

// One benchmark at one number of threads, on each malloc: the medians.
struct Row {
  std::string benchmark;
  std::string threads;
  std::vector<Run> medians;
};

std::string Beside(absl::string_view name) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return (self.parent_path() / std::string(name)).string();
}

absl::StatusOr<std::vector<Malloc>> Mallocs() {
  const std::string headroom = Beside("contention_benchmark_headroom");
  const std::string system = Beside("contention_benchmark_system");
  std::vector<Malloc> mallocs = {{"headroom", headroom, "", headroom, ""},
                                 {"system", system, "", "libc.so", ""}};
  for (const std::string& level : absl::GetFlag(FLAGS_level)) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(level, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--level wants NAME=HEADROOM_OPTIONS, got '", level, "'"));
    }
    mallocs.push_back({parts.first, headroom, "", headroom, parts.second});
  }
  for (const std::string& peer : absl::GetFlag(FLAGS_peer)) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(peer, absl::MaxSplits('=', 1));
    std::error_code error;
    const std::string library = fs::canonical(parts.second, error).string();
    if (parts.first.empty() || error) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--peer wants NAME=LIBRARY.so, a file that exists; got '", peer,
          "'"));
    }
    mallocs.push_back({parts.first, system, library, library, ""});
  }
  return mallocs;
}

// Names as NAME/THREADS, as far as --filter and --threads want them.
absl::StatusOr<std::vector<Row>> ChosenRows() {
  std::regex filter;
  try {
    filter = std::regex(absl::GetFlag(FLAGS_filter));
  } catch (const std::regex_error&) {
    return absl::InvalidArgumentError(
        absl::StrCat("--filter is no regular expression: '",
                     absl::GetFlag(FLAGS_filter), "'"));
  }
  const auto listed =
      RunChild({Beside("contention_benchmark_system"), "--list"},
               /*preload=*/"");
  if (!listed.ok()) return listed.status();
  const std::vector<std::string> threads = absl::GetFlag(FLAGS_threads);
  std::vector<Row> rows;
  for (absl::string_view line :
       absl::StrSplit(*listed, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, '/');
    if (std::find(threads.begin(), threads.end(), parts.second) !=
            threads.end() &&
        std::regex_search(parts.first, filter)) {
      rows.push_back({parts.first, parts.second, {}});
    }
  }
  if (rows.empty()) {
    return absl::InvalidArgumentError(
        "no benchmark is left: --filter wants a part of a name, --threads some "
        "of 1,2,4,8");
  }
  return rows;
}

absl::Status CheckMallocFile(const Malloc& malloc, const std::string& found) {
  std::error_code error;
  if (malloc.malloc_file == "libc.so") {
    if (absl::StrContains(found, "/libc.so")) return absl::OkStatus();
  } else if (fs::equivalent(found, malloc.malloc_file, error)) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat(
      malloc.name, " did not run on ", malloc.malloc_file, " but on ", found));
}

absl::StatusOr<Run> RunOnce(const Malloc& malloc, const Row& row) {
  std::vector<std::string> command = {
      malloc.program, absl::StrCat("--only=", row.benchmark, "/", row.threads),
      absl::StrCat("--seconds=", absl::GetFlag(FLAGS_seconds))};
  if (!malloc.options.empty()) {
    command.insert(
        command.begin(),
        {"/usr/bin/env", absl::StrCat("HEADROOM_OPTIONS=", malloc.options)});
  }
  const auto output = RunChild(command, malloc.preload);
  if (!output.ok()) return output.status();
  const std::vector<std::string> words = absl::StrSplit(
      absl::StripAsciiWhitespace(*output), absl::MaxSplits(' ', 3));
  Run run;
  if (words.size() != 4 || !absl::SimpleAtod(words[0], &run.wall_ns) ||
      !absl::SimpleAtod(words[1], &run.cpu_ns) ||
      !absl::SimpleAtod(words[2], &run.peak_rss_mib)) {
    return absl::InternalError(
        absl::StrCat(malloc.program, " answered '", *output, "'"));
  }
  if (absl::Status status = CheckMallocFile(malloc, words[3]); !status.ok()) {
    return status;
  }
  return Run{run.wall_ns * 1e9, run.cpu_ns * 1e9, run.peak_rss_mib / 1024};
}

double Median(const std::vector<Run>& runs, double Run::* figure) {
  std::vector<double> values;
  for (const Run& run : runs) values.push_back(run.*figure);
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle]
                                : (values[middle - 1] + values[middle]) / 2;
}

absl::Status Measure(const std::vector<Malloc>& mallocs, Row& row) {
  std::vector<std::vector<Run>> runs(mallocs.size());
  for (int i = 0; i < absl::GetFlag(FLAGS_repeats); ++i) {
    for (size_t m = 0; m < mallocs.size(); ++m) {
      const auto run = RunOnce(mallocs[m], row);
      if (!run.ok()) return run.status();
      runs[m].push_back(*run);
    }
  }
  for (const std::vector<Run>& of_one : runs) {
    row.medians.push_back({Median(of_one, &Run::wall_ns),
                           Median(of_one, &Run::cpu_ns),
                           Median(of_one, &Run::peak_rss_mib)});
  }
  return absl::OkStatus();
}

void PrintHead(const std::vector<Malloc>& mallocs) {
  absl::PrintF(
      "%s time for a malloc and its free in ns, in brackets peak RSS in MiB;\n"
      "below 1.00x, Headroom is faster. Medians of %d.\n\n%-19s%8s",
      absl::GetFlag(FLAGS_cpu) ? "CPU" : "Wall", absl::GetFlag(FLAGS_repeats),
      "benchmark", "threads");
  for (const Malloc& malloc : mallocs) {
    absl::PrintF("%16s", malloc.name);
    if (&malloc != &mallocs[0]) absl::PrintF("%8s", "ratio");
  }
  std::puts("");
}

void PrintRow(const Row& row) {
  double Run::* const figure =
      absl::GetFlag(FLAGS_cpu) ? &Run::cpu_ns : &Run::wall_ns;
  absl::PrintF("%-19s%8s", row.benchmark, row.threads);
  for (const Run& run : row.medians) {
    absl::PrintF("%9.1f (%4.0f)", run.*figure, run.peak_rss_mib);
    if (&run == &row.medians[0]) continue;
    absl::PrintF("%7.2fx", row.medians[0].*figure / run.*figure);
  }
  std::puts("");
  std::fflush(stdout);
}

absl::Status WriteJson(const std::vector<Malloc>& mallocs,
                       const std::vector<Row>& rows) {
  const std::string file = absl::GetFlag(FLAGS_json);
  if (file.empty()) return absl::OkStatus();
  std::vector<std::string> entries;
  for (const Row& row : rows) {
    for (size_t m = 0; m < mallocs.size(); ++m) {
      const Run& run = row.medians[m];
      entries.push_back(absl::StrFormat(
          R"(  {"benchmark": "%s", "threads": %s, "malloc": "%s", )"
          R"("wall_ns": %.3f, "cpu_ns": %.3f, "peak_rss_mib": %.1f})",
          row.benchmark, row.threads, mallocs[m].name, run.wall_ns, run.cpu_ns,
          run.peak_rss_mib));
    }
  }
  std::ofstream stream(file);
  stream << "[\n" << absl::StrJoin(entries, ",\n") << "\n]\n";
  stream.close();
  if (stream.fail()) {
    return absl::UnknownError(absl::StrCat("--json: cannot write ", file));
  }
  return absl::OkStatus();
}

absl::Status CheckFlags(const std::vector<char*>& positional) {
  if (positional.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", positional[1], "' is no option; --help lists them"));
  }
  if (absl::GetFlag(FLAGS_repeats) < 1 || absl::GetFlag(FLAGS_seconds) <= 0) {
    return absl::InvalidArgumentError(
        "--repeats and --seconds want positive numbers");
  }
  return absl::OkStatus();
}

absl::Status Compare(const std::vector<char*>& positional) {
  if (absl::Status status = CheckFlags(positional); !status.ok()) return status;
  const auto mallocs = Mallocs();
  if (!mallocs.ok()) return mallocs.status();
  auto rows = ChosenRows();
  if (!rows.ok()) return rows.status();
  PrintHead(*mallocs);
  for (Row& row : *rows) {
    if (absl::Status status = Measure(*mallocs, row); !status.ok()) {
      return status;
    }
    PrintRow(row);
  }
  return WriteJson(*mallocs, *rows);
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Compares Headroom with the system's malloc, and with --peer others, "
      "under contention.");
  const absl::Status status =
      headroom::Compare(absl::ParseCommandLine(argc, argv));
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "contention_benchmark: %s\n",
                std::string(status.message()));
  return status.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
}
