#include "fuzz/process/transcript.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {
namespace {

constexpr std::string_view kReport = "headroom: ";
constexpr std::string_view kComplaint = "headroom: HEADROOM_OPTIONS: ";

// The bit of a report's first line, 0 when no crime is to end in it.
uint32_t BitOf(std::string_view line) {
  for (size_t i = 0; i < std::size(kReportTexts); ++i) {
    const std::string start =
        std::string(kReport) + kReportTexts[i] + ": pointer 0x";
    if (line.starts_with(start)) return uint32_t{1} << i;
  }
  return 0;
}

// A crime and what came of it.
struct Case {
  uint32_t mask = 0;
  uint32_t flags = 0;
  HookKind hook = HookKind::kNone;
  std::vector<uint32_t> reports;
  bool has_thread = false;
  bool has_stack = false;
  bool has_hook_line = false;
};

class Court {
 public:
  Court(const Level& level, bool complains)
      : level_(level), complains_(complains) {}

  void Hear(std::string_view line);
  void End(int status);
  const std::string& problem() const { return problem_; }

 private:
  void Require(bool kept, const char* promise) {
    if (!kept && problem_.empty()) problem_ = promise;
  }
  void Open(std::string_view line);
  void HearReport(std::string_view line);
  void RequireComplete() {
    const bool has_stack =
        case_.has_stack || (case_.flags & kMayLackStack) != 0;
    Require(case_.has_thread && has_stack, "a report is complete");
  }
  void Survived();
  void Died(int status);

  const Level& level_;
  const bool complains_;
  bool is_open_ = false;
  Case case_;
  std::string problem_;
};

void Court::Open(std::string_view line) {
  Require(!is_open_, "one crime at a time");
  const std::string words(line.substr(sizeof(kCrimeWord)));
  char* rest = nullptr;
  case_ = {};
  case_.mask = static_cast<uint32_t>(std::strtoul(words.c_str(), &rest, 16));
  case_.flags = static_cast<uint32_t>(std::strtoul(rest, &rest, 16));
  case_.hook = static_cast<HookKind>(std::strtoul(rest, &rest, 16));
  is_open_ = true;
}

void Court::HearReport(std::string_view line) {
  if (line.starts_with(kComplaint)) {
    return Require(complains_ && !is_open_, "options that are right are taken");
  }
  Require(is_open_, "no report without a crime");
  const uint32_t bit = BitOf(line);
  if (case_.reports.empty()) {
    Require((bit & case_.mask) != 0, "a report says what the crime was");
  } else {
    Require(case_.hook >= HookKind::kMisuses && case_.reports.size() == 1,
            "one report a crime");
  }
  case_.reports.push_back(bit);
}

void Court::Hear(std::string_view line) {
  if (line.find("broken: ") != line.npos) {
    if (problem_.empty()) problem_ = line;
  } else if (line.starts_with(kCrimeWord)) {
    Open(line);
  } else if (line.starts_with(kSurvivedWord)) {
    Survived();
  } else if (line.starts_with(kDiedWord)) {
    Died(static_cast<int>(std::strtoul(
        std::string(line.substr(sizeof(kDiedWord))).c_str(), nullptr, 16)));
  } else if (line.starts_with(kReport)) {
    HearReport(line);
  } else if (line.starts_with("  in thread ")) {
    case_.has_thread = true;
  } else if (line.starts_with("    #0 0x")) {
    case_.has_stack = true;
  } else if (line.find(kHookLine) != line.npos) {
    case_.has_hook_line = true;
  }
}

void Court::Survived() {
  Require(is_open_, "a crime ends once");
  if (case_.reports.empty()) {
    Require((case_.flags & kMayGoUnseen) != 0, "the crime is reported");
  } else {
    Require(level_.reports, "a report ends the program");
    Require((case_.reports[0] & kAccessBits) == 0,
            "an access to inaccessible memory ends the program");
    Require(
        case_.hook != HookKind::kCrashes && case_.hook != HookKind::kMisuses,
        "a crime in the hook ends the program");
    RequireComplete();
    Require(case_.hook != HookKind::kAddsLine || case_.has_hook_line,
            "the hook adds its line");
  }
  is_open_ = false;
}

void Court::Died(int status) {
  // The child that committed it has said that it lives on.
  if (!is_open_) return Require(status == 0, "only a crime ends the program");
  is_open_ = false;
  Require(WIFSIGNALED(status), "a crime ends in a signal");
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  const bool is_fault = signal == SIGSEGV || signal == SIGBUS;
  if (case_.reports.empty()) {
    const bool silent =
        (case_.flags & kMayCrash) != 0 ||
        ((case_.flags & kMayFault) != 0 && !level_.crash_handler);
    return Require(is_fault && silent, "a crime that kills is reported");
  }
  RequireComplete();
  Require(case_.hook != HookKind::kAddsLine || case_.has_hook_line,
          "the hook adds its line");
  if (case_.hook == HookKind::kCrashes) return Require(signal != 0, "it dies");
  Require(signal == SIGABRT, "a report ends in SIGABRT");
  if (case_.hook == HookKind::kMisuses) return;
  Require(!level_.reports || (case_.flags & kMayFault) != 0,
          "a bad call is ignored where it may be");
}

void Court::End(int status) {
  if (is_open_) return Died(status);
  Require(status == 0, "only a crime ends the program");
}

}  // namespace

std::string Judge(const Level& level, bool complains, std::string_view answers,
                  int status) {
  Court court(level, complains);
  while (!answers.empty()) {
    const size_t end = answers.find('\n');
    court.Hear(answers.substr(0, end));
    if (end == answers.npos) break;
    answers.remove_prefix(end + 1);
  }
  court.End(status);
  return court.problem();
}

}  // namespace headroom
