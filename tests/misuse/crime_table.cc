#include "tests/misuse/crime_table.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace headroom {
namespace {

constexpr absl::string_view kSmallSizes = "8,24,100,1000,5000";
constexpr absl::string_view kLargeSizes = "40000,300000,3145728";

std::vector<std::string> Sizes(absl::string_view text) {
  if (text == "-") return {"0"};
  if (text == "small") return absl::StrSplit(kSmallSizes, ',');
  if (text == "all") {
    return absl::StrSplit(absl::StrCat(kSmallSizes, ",", kLargeSizes), ',');
  }
  return absl::StrSplit(text, ',');
}

std::vector<std::string> Options(absl::string_view level) {
  if (level == "default") return {"", "strict=1"};
  if (level == "default-only") return {""};
  if (level == "strict") return {"strict=1"};
  return {std::string(level)};
}

absl::StatusOr<Crime> ParseCrime(absl::string_view line) {
  constexpr size_t kColumns = 5;
  const std::vector<absl::string_view> columns =
      absl::StrSplit(line, absl::MaxSplits(' ', kColumns - 1));
  if (columns.size() != kColumns) {
    return absl::InvalidArgumentError("fewer than 5 columns");
  }
  Crime crime;
  const std::pair<std::string, std::string> program =
      absl::StrSplit(columns[0], absl::MaxSplits('/', 1));
  crime.program = program.first;
  crime.n = program.second;
  crime.sizes = Sizes(columns[1]);
  crime.options = Options(columns[2]);
  if (columns[3] != "yes" && columns[3] != "no") {
    return absl::InvalidArgumentError("the pointer is neither yes nor no");
  }
  crime.names_pointer = columns[3] == "yes";
  crime.texts = absl::StrSplit(columns[4], " || ");
  return crime;
}

}  // namespace

absl::StatusOr<std::vector<Crime>> ParseCrimes(absl::string_view table) {
  std::vector<Crime> crimes;
  for (absl::string_view line : absl::StrSplit(table, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#' || line[0] == '[') continue;
    absl::StatusOr<Crime> crime = ParseCrime(line);
    if (!crime.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(crime.status().message(), ": ", line));
    }
    crimes.push_back(*std::move(crime));
  }
  return crimes;
}

}  // namespace headroom
