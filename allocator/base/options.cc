#include "allocator/base/options.h"

#include <cstring>

namespace headroom {
namespace {

// A piece of the string; not terminated.
struct Piece {
  const char* text;
  size_t bytes;

  bool Is(const char* word) const {
    return strlen(word) == bytes && memcmp(text, word, bytes) == 0;
  }
  // Cuts off and returns what stands in front of the first `separator`.
  Piece CutAt(char separator) {
    const auto* at = static_cast<const char*>(memchr(text, separator, bytes));
    const Piece front = {text, at == nullptr ? bytes : size_t(at - text)};
    const size_t cut = front.bytes + (at == nullptr ? 0 : 1);
    text += cut;
    bytes -= cut;
    return front;
  }
};

constexpr uint64_t kMaxQuarantine = uint64_t{1} << 40;
constexpr uint64_t kMaxKeepLarge = uint64_t{512} << 20;
constexpr uint64_t kMaxSampleEvery = 1'000'000'000;

constexpr char kBoolWords[] = "0|1|false|true|off|on|no|yes";

constexpr Options kDefaults;

int SuffixShift(char last) {
  switch (last) {
    case 'k':
    case 'K':
      return 10;
    case 'm':
    case 'M':
      return 20;
    case 'g':
    case 'G':
      return 30;
    default:
      return 0;
  }
}

bool ParseNumber(Piece piece, bool is_bytes, uint64_t* value) {
  int shift = 0;
  if (is_bytes && piece.bytes > 0) {
    shift = SuffixShift(piece.text[piece.bytes - 1]);
    if (shift != 0) --piece.bytes;
  }
  if (piece.bytes == 0) return false;
  uint64_t number = 0;
  for (size_t i = 0; i < piece.bytes; ++i) {
    const auto digit = static_cast<unsigned>(piece.text[i] - '0');
    if (digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, digit, &number)) {
      return false;
    }
  }
  return !__builtin_mul_overflow(number, uint64_t{1} << shift, value);
}

bool ParseWord(Piece piece, const char* words, uint64_t* value) {
  Piece rest = {words, strlen(words)};
  for (uint64_t i = 0; rest.bytes > 0; ++i) {
    const Piece word = rest.CutAt('|');
    if (word.bytes == piece.bytes &&
        memcmp(word.text, piece.text, word.bytes) == 0) {
      *value = i;
      return true;
    }
  }
  return false;
}

bool ParseValue(const OptionRow& row, Piece piece, uint64_t* value) {
  switch (row.type) {
    case OptionType::kBool:
      // 1 at the odd places.
      if (!ParseWord(piece, kBoolWords, value)) return false;
      *value %= 2;
      return true;
    case OptionType::kNumber:
    case OptionType::kBytes:
      return ParseNumber(piece, row.type == OptionType::kBytes, value) &&
             *value <= row.most;
    case OptionType::kWord:
      return ParseWord(piece, row.words, value);
    case OptionType::kPath:
      *value = piece.bytes;
      return *value <= row.most &&
             memchr(piece.text, 0, piece.bytes) == nullptr;
  }
  return false;
}

// The last of two counts, and it may be the shorter.
void CopyPath(Piece piece, PathText* path) {
  *path = {};
  memcpy(path->text, piece.text, piece.bytes);
}

void WriteBytes(uint64_t bytes, ReportWriter& out) {
  constexpr const char* kSuffixes[] = {"", "k", "m", "g"};
  size_t suffix = 0;
  while (bytes != 0 && bytes % 1024 == 0 && suffix < 3) {
    bytes /= 1024;
    ++suffix;
  }
  out.Decimal(bytes).Text(kSuffixes[suffix]);
}

void WriteValue(const OptionRow& row, uint64_t value, ReportWriter& out) {
  if (row.type == OptionType::kBytes) {
    WriteBytes(value, out);
  } else if (row.type == OptionType::kWord) {
    Piece rest = {row.words, strlen(row.words)};
    Piece word = rest.CutAt('|');
    for (uint64_t i = 0; i < value; ++i) word = rest.CutAt('|');
    out.Text(word.text, word.bytes);
  } else if (row.type == OptionType::kPath) {
    out.Text("none");
  } else {
    out.Decimal(value);
  }
}

void WriteRange(const OptionRow& row, ReportWriter& out) {
  switch (row.type) {
    case OptionType::kBool:
      out.Text("0 or 1");
      break;
    case OptionType::kNumber:
    case OptionType::kBytes:
      out.Text("0 to ");
      WriteValue(row, row.most, out);
      break;
    case OptionType::kWord: {
      Piece rest = {row.words, strlen(row.words)};
      for (const char* before = ""; rest.bytes > 0;) {
        const Piece word = rest.CutAt('|');
        out.Text(before).Text(word.text, word.bytes);
        before = memchr(rest.text, '|', rest.bytes) ? ", " : " or ";
      }
      break;
    }
    case OptionType::kPath:
      out.Text("a file's path, at most ").Decimal(row.most).Text(" bytes");
      break;
  }
}

void Complain(Piece setting, ReportWriter& complaints) {
  complaints.Text("headroom: HEADROOM_OPTIONS: '");
  complaints.Text(setting.text, setting.bytes).Text("' is ignored: ");
}

// The row's index; kOptionCount after a complaint.
size_t FindRow(Piece setting, Piece key, ReportWriter& complaints) {
  for (size_t i = 0; i < kOptionCount; ++i) {
    if (key.Is(kOptions[i].name)) return i;
  }
  Complain(setting, complaints);
  complaints.Text("there is no such option; help=1 lists them\n");
  return kOptionCount;
}

}  // namespace

const OptionRow kOptions[kOptionCount] = {
    {"strict", OptionType::kBool, &Options::strict, 1, 1, "",
     "every check below that is off by default"},
    {"zero_on_free", OptionType::kBool, &Options::zero_on_free, 1, 1, "",
     "freed memory is overwritten with zeros"},
    {"verify_on_reuse", OptionType::kWord, &Options::verify_on_reuse,
     kVerifyComplete, kVerifyComplete, "off|sampled|complete",
     "a block that was zeroed is still zero when it is used again"},
    {"tail_canary", OptionType::kBool, &Options::tail_canary, 1, 1, "",
     "the bytes behind the requested size are checked at free"},
    {"quarantine", OptionType::kBytes, &Options::quarantine, uint64_t{1} << 20,
     kMaxQuarantine, "",
     "bytes of freed blocks that wait before they are used again"},
    {"check_origin", OptionType::kBool, &Options::check_origin, 1, 1, "",
     "malloc, new, new[] and their aligned forms are freed by their own kind"},
    {"guard_pages", OptionType::kBool, &Options::guard_pages, 1, 1, "",
     "an inaccessible page in front of large blocks, too"},
    {"zero_size_page", OptionType::kBool, &Options::zero_size_page, 1, 1, "",
     "a block of size 0 lies in an inaccessible page"},
    {"sample_every", OptionType::kNumber, &Options::sample_every,
     kDefaults.sample_every, kMaxSampleEvery, "",
     "one allocation in so many lies against a guard page; 0 for none"},
    {"on_misuse", OptionType::kWord, &Options::on_misuse, kMisuseAborts,
     kMisuseReports, "abort|report",
     "report: a bad free is reported and ignored, where that is safe"},
    {"crash_handler", OptionType::kBool, &Options::crash_handler, 1, 1, "",
     "a crash that the heap can explain is reported"},
    {"protect_large", OptionType::kBool, &Options::protect_large, 1, 1, "",
     "freed large blocks are inaccessible, and so is the page behind each"},
    {"keep_large", OptionType::kBytes, &Options::keep_large, 0, kMaxKeepLarge,
     "", "bytes of freed blocks above 4 MiB that stay in memory for new ones"},
    {"trace", OptionType::kPath, &Options::trace, 0, kMostPathBytes, "",
     "every call is recorded in this file, for bench/replay",
     &Options::trace_path},
    {"help", OptionType::kBool, &Options::help, 0, 1, "",
     "print this table to standard error"},
};

Options ParseOptions(const char* text, size_t bytes, ReportWriter& complaints) {
  Options options;
  bool named[kOptionCount] = {};
  Piece rest = {text, bytes};
  while (rest.bytes > 0) {
    const Piece setting = rest.CutAt(':');
    if (setting.bytes == 0) continue;
    Piece piece = setting;
    const Piece key = piece.CutAt('=');
    const size_t index = FindRow(setting, key, complaints);
    if (index == kOptionCount) continue;
    const OptionRow& row = kOptions[index];
    uint64_t value = 0;
    if (!ParseValue(row, piece, &value)) {
      Complain(setting, complaints);
      complaints.Text(row.name).Text(" is ");
      WriteRange(row, complaints);
      complaints.Text("\n");
      continue;
    }
    options.*row.value = value;
    if (row.path != nullptr) CopyPath(piece, &(options.*row.path));
    named[index] = true;
  }
  if (options.strict != 0) {
    for (size_t i = 0; i < kOptionCount; ++i) {
      if (!named[i]) options.*kOptions[i].value = kOptions[i].strict_value;
    }
  }
  return options;
}

void WriteOptionsHelp(ReportWriter& out) {
  out.Text("| HEADROOM_OPTIONS | values | default | strict | meaning |\n");
  out.Text("|--|--|--|--|--|\n");
  for (const OptionRow& row : kOptions) {
    out.Text("| ").Text(row.name).Text(" | ");
    WriteRange(row, out);
    out.Text(" | ");
    WriteValue(row, kDefaults.*row.value, out);
    out.Text(" | ");
    WriteValue(row, row.strict_value, out);
    out.Text(" | ").Text(row.help).Text(" |\n");
  }
}

}  // namespace headroom
