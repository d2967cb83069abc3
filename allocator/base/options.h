// What HEADROOM_OPTIONS can say, and what it said.
//
// Role: one table (name, type, default, range, help) from which the parser,
//   the help text and docs/options.md come. No allocation, no stdio: it runs
//   in the first malloc.
// Takes from: report_writer. Gives to: the composition root, which reads the
//   string and hands the values down.
#ifndef HEADROOM_ALLOCATOR_BASE_OPTIONS_H_
#define HEADROOM_ALLOCATOR_BASE_OPTIONS_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/report_writer.h"

namespace headroom {

enum VerifyOnReuse : uint64_t { kVerifyOff, kVerifySampled, kVerifyComplete };
enum OnMisuse : uint64_t { kMisuseAborts, kMisuseReports };

// The longest path that an option may have.
inline constexpr size_t kMostPathBytes = 511;

// Zeros behind it.
struct PathText {
  char text[kMostPathBytes + 1] = {};

  friend constexpr bool operator==(const PathText&, const PathText&) = default;
};

// Every value is one word, so that one table row describes any of them; that of
// a path is its length, and the path stands behind them all. As constructed:
// the defaults of the table.
struct Options {
  uint64_t strict = false;
  uint64_t zero_on_free = false;
  uint64_t verify_on_reuse = kVerifyOff;
  uint64_t tail_canary = false;
  uint64_t quarantine = 0;  // bytes a process may hold back; 0: off
  uint64_t check_origin = false;
  uint64_t guard_pages = false;
  uint64_t zero_size_page = false;
  uint64_t sample_every = 5000;  // allocations; 0: off
  uint64_t on_misuse = kMisuseAborts;
  uint64_t crash_handler = true;
  uint64_t protect_large = true;
  uint64_t keep_large = uint64_t{64} << 20;  // bytes of freed mappings
  uint64_t trace = 0;                        // bytes of trace_path; 0: off
  uint64_t help = false;

  PathText trace_path;

  friend constexpr bool operator==(const Options&, const Options&) = default;
};

enum class OptionType : uint8_t {
  kBool,    // 0, 1, false, true, off, on, no, yes
  kNumber,  // decimal
  kBytes,   // decimal, with k, m or g behind it for the powers of 1024
  kWord,    // one of `words`, whose place in the list is the value
  kPath,    // as it stands; its length is the value
};

struct OptionRow {
  const char* name;
  OptionType type;
  uint64_t Options::* value;
  uint64_t strict_value;  // what strict=1 makes of it, unless named itself
  uint64_t most;          // the largest value; kWord: of the last word
  const char* words;      // kWord: separated by |
  const char* help;
  PathText Options::* path = nullptr;  // kPath
};

inline constexpr size_t kOptionCount =
    offsetof(Options, trace_path) / sizeof(uint64_t);
extern const OptionRow kOptions[kOptionCount];

// Reads "key=value:key=value" from `bytes` bytes at `text`. The order does not
// matter but for a key that is named twice, where the last one counts. A key
// or a value that is wrong costs one sentence in `complaints` and changes
// nothing.
Options ParseOptions(const char* text, size_t bytes, ReportWriter& complaints);

// The table, as help=1 prints it.
void WriteOptionsHelp(ReportWriter& out);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_OPTIONS_H_
