#include "fuzz/options/options_state.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <ranges>
#include <span>
#include <sstream>
#include <vector>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

using std::string_view_literals::operator""sv;

// What a byte of the report's buffer is that nobody wrote.
constexpr char kUnwritten = '\x5a';

std::vector<std::string_view> WordsOf(std::string_view words) {
  std::vector<std::string_view> list;
  for (const auto word : std::views::split(words, '|')) {
    list.emplace_back(word.begin(), word.end());
  }
  return list;
}

std::optional<uint64_t> PlaceOf(std::string_view text,
                                std::span<const std::string_view> words) {
  const auto at = std::ranges::find(words, text);
  if (at == words.end()) return std::nullopt;
  return at - words.begin();
}

std::optional<uint64_t> NumberOf(std::string_view text, bool is_bytes) {
  int shift = 0;
  if (is_bytes && !text.empty()) {
    constexpr auto kSuffixes = "kmgKMG"sv;
    const size_t at = kSuffixes.find(text.back());
    if (at != kSuffixes.npos) {
      shift = 10 * (static_cast<int>(at) % 3 + 1);
      text.remove_suffix(1);
    }
  }
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (number > ~uint64_t{0} >> shift) return std::nullopt;
  return number << shift;
}

bool IsPath(std::string_view text) {
  return text.size() <= kMostPathBytes && text.find('\0') == text.npos;
}

std::optional<uint64_t> ValueOf(const OptionRow& row, std::string_view text) {
  constexpr std::string_view kNo[] = {"0", "false", "off", "no"};
  constexpr std::string_view kYes[] = {"1", "true", "on", "yes"};
  switch (row.type) {
    case OptionType::kBool:
      if (PlaceOf(text, kNo)) return 0;
      if (PlaceOf(text, kYes)) return 1;
      return std::nullopt;
    case OptionType::kWord:
      return PlaceOf(text, WordsOf(row.words));
    case OptionType::kNumber:
    case OptionType::kBytes: {
      const auto number = NumberOf(text, row.type == OptionType::kBytes);
      return number && *number <= row.most ? number : std::nullopt;
    }
    case OptionType::kPath:
      return IsPath(text) ? std::optional(text.size()) : std::nullopt;
  }
  return std::nullopt;
}

std::string TextOf(const OptionRow& row, uint64_t value) {
  switch (row.type) {
    case OptionType::kPath:
      return "none";
    case OptionType::kWord:
      return std::string(WordsOf(row.words)[value]);
    case OptionType::kBytes:
      for (const auto& [shift, suffix] :
           {std::pair(30, 'g'), std::pair(20, 'm'), std::pair(10, 'k')}) {
        if (value != 0 && value % (uint64_t{1} << shift) == 0) {
          return std::to_string(value >> shift) + suffix;
        }
      }
      [[fallthrough]];
    default:
      return std::to_string(value);
  }
}

std::string RangeOf(const OptionRow& row) {
  if (row.type == OptionType::kBool) return "0 or 1";
  if (row.type == OptionType::kPath) {
    return "a file's path, at most " + std::to_string(row.most) + " bytes";
  }
  if (row.type != OptionType::kWord) return "0 to " + TextOf(row, row.most);
  const std::vector<std::string_view> words = WordsOf(row.words);
  std::string range(words.front());
  for (size_t i = 1; i < words.size(); ++i) {
    range += i + 1 < words.size() ? ", " : " or ";
    range += words[i];
  }
  return range;
}

// From a copy of its own, so that ASan sees a read behind it.
Options Parse(std::string_view text, const std::string& expected_complaints) {
  auto copy = std::make_unique<char[]>(text.size());
  std::ranges::copy(text, copy.get());
  // Room for all, so that nothing is written out.
  std::string buffer(expected_complaints.size() + 1024, kUnwritten);
  ReportWriter complaints(buffer.data(), buffer.size());
  const Options options = ParseOptions(copy.get(), text.size(), complaints);
  Require(std::ranges::equal(copy.get(), copy.get() + text.size(), text.begin(),
                             text.end()),
          "the string is read only");
  Require(buffer.starts_with(expected_complaints),
          "what is wrong is said as it should be");
  Require(buffer.find_first_not_of(kUnwritten, expected_complaints.size()) ==
              buffer.npos,
          "nothing else is complained about");
  return options;
}

// Written anew, in any order, they are the same.
void CheckWritten(const Options& options) {
  std::string forwards;
  std::string backwards;
  for (const OptionRow& row : kOptions) {
    const std::string value = row.path != nullptr
                                  ? (options.*row.path).text
                                  : TextOf(row, options.*row.value);
    const std::string setting = std::string(row.name) + '=' + value;
    forwards += setting + ':';
    backwards.insert(0, ':' + setting);
  }
  Require(Parse(forwards, "") == options, "what is written is read back");
  Require(Parse(backwards, "") == options, "the order does not matter");
}

// A table: a line for each option behind the head.
void CheckHelp() {
  std::string buffer(16384, kUnwritten);
  ReportWriter writer(buffer.data(), buffer.size());
  WriteOptionsHelp(writer);
  std::istringstream lines(buffer.substr(0, buffer.find(kUnwritten)));
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  const Options defaults;
  for (const OptionRow& row : kOptions) {
    std::getline(lines, line);
    Require(line == std::string("| ") + row.name + " | " + RangeOf(row) +
                        " | " + TextOf(row, defaults.*row.value) + " | " +
                        TextOf(row, row.strict_value) + " | " + row.help + " |",
            "the help says what there is");
  }
  Require(!std::getline(lines, line), "and nothing else");
}

}  // namespace

void OptionsState::Append(std::string_view text) {
  text_ += text;
  while (true) {
    const size_t colon = text.find(':');
    last_setting_ += text.substr(0, colon);
    if (colon == text.npos) return;
    text.remove_prefix(colon + 1);
    Apply(last_setting_, values_, complaints_);
    last_setting_.clear();
  }
}

void OptionsState::Apply(std::string_view setting, Values& values,
                         std::string& complaints) const {
  if (setting.empty()) return;
  const size_t equals = setting.find('=');
  const std::string_view key = setting.substr(0, equals);
  const std::string_view value =
      equals == setting.npos ? ""sv : setting.substr(equals + 1);
  const std::string refusal =
      "headroom: HEADROOM_OPTIONS: '" + std::string(setting) + "' is ignored: ";
  for (size_t i = 0; i < kOptionCount; ++i) {
    if (key != kOptions[i].name) continue;
    if (const auto number = ValueOf(kOptions[i], value)) {
      values[i] = Value{*number};
      if (kOptions[i].path != nullptr) values[i]->path = value;
    } else {
      complaints +=
          refusal + kOptions[i].name + " is " + RangeOf(kOptions[i]) + "\n";
    }
    return;
  }
  complaints += refusal + "there is no such option; help=1 lists them\n";
}

Options OptionsState::Resolve(const Values& values) {
  Options options;
  for (size_t i = 0; i < kOptionCount; ++i) {
    if (!values[i]) continue;
    options.*kOptions[i].value = values[i]->number;
    if (kOptions[i].path != nullptr) {
      std::ranges::copy(values[i]->path, (options.*kOptions[i].path).text);
    }
  }
  if (options.strict == 0) return options;
  for (size_t i = 0; i < kOptionCount; ++i) {
    if (!values[i]) options.*kOptions[i].value = kOptions[i].strict_value;
  }
  return options;
}

void OptionsState::AfterOperation() const {
  Values values = values_;
  std::string complaints = complaints_;
  Apply(last_setting_, values, complaints);
  const Options options = Parse(text_, complaints);
  Require(options == Resolve(values), "the options are what was said");
  for (const OptionRow& row : kOptions) {
    Require(options.*row.value <= row.most, "a value is in its range");
  }
}

void OptionsState::Finish() const {
  Values values = values_;
  std::string complaints;
  Apply(last_setting_, values, complaints);
  Options options = Resolve(values);
  CheckWritten(options);
  CheckHelp();
  // Where each is named, strict changes none.
  options.strict = 1;
  CheckWritten(options);
}

}  // namespace headroom
