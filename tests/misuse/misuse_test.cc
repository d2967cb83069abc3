// Runs each program of crimes/ and legal/ on libheadroom.so: a crime must end
// in the report that crimes.txt names, a legal program quietly.
// With on_misuse=report a program may also go on to its end after the report.
// Takes from: crimes.txt, the programs. Each run is a test case of its own.
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/misuse/crime_table.h"
#include "tests/misuse/run_program.h"

namespace headroom {
namespace {

constexpr char kFolder[] = "tests/misuse/";
constexpr char kLibrary[] = "allocator/libheadroom.so";
constexpr char kGoOn[] = "on_misuse=report";

// Sampling is a matter of chance: only those who ask for it have it.
std::string WithoutSampling(absl::string_view options) {
  if (absl::StrContains(options, "sample_every")) return std::string(options);
  return absl::StrCat("sample_every=0", options.empty() ? "" : ":", options);
}

Ended RunOnHeadroom(const std::vector<std::string>& arguments,
                    absl::string_view options) {
  return RunProgram(
      arguments, {absl::StrCat("LD_PRELOAD=",
                               std::filesystem::absolute(kLibrary).string()),
                  absl::StrCat("HEADROOM_OPTIONS=", WithoutSampling(options))});
}

// The line that `text` begins with.
absl::string_view FirstLine(absl::string_view text) {
  return text.substr(0, text.find('\n'));
}

// What the program said the report must name: " 0x..", or empty.
absl::string_view PointerSaid(absl::string_view out) {
  constexpr absl::string_view kWord = "pointer";
  const size_t at = out.rfind(kWord);
  return at == out.npos ? "" : FirstLine(out.substr(at + kWord.size()));
}

bool EndedAsItMay(const Ended& ended, const std::string& options) {
  if (!ended.in_time) return false;
  if (WIFSIGNALED(ended.status)) return WTERMSIG(ended.status) == SIGABRT;
  return options == kGoOn && ended.status == 0;
}

bool IsReport(absl::string_view line, const Crime& crime,
              absl::string_view out) {
  for (const std::string& text : crime.texts) {
    const std::string start = absl::StrCat("headroom: ", text, ": pointer");
    if (!absl::StartsWith(line, start)) continue;
    const absl::string_view pointer = PointerSaid(out);
    if (!crime.names_pointer) return true;
    return !pointer.empty() && line.substr(start.size()) == pointer;
  }
  return false;
}

void ExpectCaught(const Crime& crime, const std::string& size,
                  const std::string& options) {
  std::vector<std::string> arguments = {
      absl::StrCat(kFolder, "crimes/", crime.program), size};
  if (!crime.n.empty()) arguments.push_back(crime.n);
  const Ended ended = RunOnHeadroom(arguments, options);
  const absl::string_view line = FirstLine(ended.error);
  EXPECT_TRUE(EndedAsItMay(ended, options) && IsReport(line, crime, ended.out))
      << "crime:     " << absl::StrJoin(arguments, " ")
      << "\noptions:   " << options << "\nexpected:  SIGABRT, headroom: "
      << absl::StrJoin(crime.texts, "\n       or: headroom: ") << ": pointer"
      << (crime.names_pointer ? PointerSaid(ended.out) : " 0x...")
      << "\nended by:  " << HowItEnded(ended) << "\nreported:  " << line
      << "\nsaid:      " << absl::StrReplaceAll(ended.out, {{"\n", "; "}});
}

void ExpectQuiet(const std::string& program, const std::string& options) {
  const Ended ended =
      RunOnHeadroom({absl::StrCat(kFolder, "legal/", program)}, options);
  EXPECT_TRUE(ended.in_time && ended.status == 0 && ended.error.empty() &&
              ended.out == "undetected\n")
      << "legal:     " << program << "\noptions:   " << options
      << "\nexpected:  status 0, no word\nended by:  " << HowItEnded(ended)
      << "\nreported:  " << ended.error << "\nsaid:      " << ended.out;
}

class Case : public testing::Test {
 public:
  explicit Case(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

void Register(const char* suite, const std::string& name,
              const std::function<void()>& body) {
  testing::RegisterTest(suite, name.c_str(), nullptr, nullptr, __FILE__,
                        __LINE__, [body]() -> Case* { return new Case(body); });
}

// The programs in one of the folders.
std::set<std::string> Programs(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension().empty()) {
      names.insert(file.path().filename().string());
    }
  }
  return names;
}

void RegisterCrimes(const std::vector<Crime>& crimes) {
  std::set<std::string> without_line =
      Programs(absl::StrCat(kFolder, "crimes"));
  for (const Crime& crime : crimes) {
    without_line.erase(crime.program);
    std::vector<std::string> all_options = crime.options;
    if (absl::c_linear_search(all_options, "")) all_options.push_back(kGoOn);
    for (const std::string& size : crime.sizes) {
      for (const std::string& options : all_options) {
        Register("Crime",
                 absl::StrCat(crime.program, crime.n.empty() ? "" : "/",
                              crime.n, " ", size, " ", options),
                 [=] { ExpectCaught(crime, size, options); });
      }
    }
  }
  Register("Crimes", "EachHasALineInTheTable",
           [without_line] { EXPECT_EQ(absl::StrJoin(without_line, " "), ""); });
}

void RegisterLegal() {
  const std::set<std::string> programs =
      Programs(absl::StrCat(kFolder, "legal"));
  for (const std::string& program : programs) {
    for (const std::string options : {"", "strict=1", "sample_every=1"}) {
      Register("Legal", absl::StrCat(program, " ", options),
               [=] { ExpectQuiet(program, options); });
    }
  }
}

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const rlimit no_core_files{};
  setrlimit(RLIMIT_CORE, &no_core_files);
  const auto crimes =
      headroom::ParseCrimes(headroom::ReadFile("tests/misuse/crimes.txt"));
  if (!crimes.ok() || crimes->empty()) {
    fprintf(stderr, "crimes.txt: %s\n", crimes.status().ToString().c_str());
    return 1;
  }
  headroom::RegisterCrimes(*crimes);
  headroom::RegisterLegal();
  return RUN_ALL_TESTS();
}
