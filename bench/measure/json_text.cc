#include "bench/measure/json_text.h"

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "bench/measure/process_counters.h"

namespace headroom {

// A number with so many digits behind the point.
std::string Fixed(double value, int digits) {
  char text[64];
  const std::to_chars_result end = std::to_chars(
      text, text + sizeof(text), value, std::chars_format::fixed, digits);
  return end.ec == std::errc() ? std::string(text, end.ptr) : "null";
}

std::string Json::Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      quoted += escaped;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

void Json::Raw(std::string_view name, const std::string& value) {
  Element(Quoted(name) + ":" + value);
}

void Json::Times(const ProcessCounters& counters) {
  Seconds("wall_s", static_cast<double>(counters.wall_ns) / 1e9);
  Seconds("user_s", static_cast<double>(counters.user_us) / 1e6);
  Seconds("system_s", static_cast<double>(counters.system_us) / 1e6);
}

void Json::KernelCounts(const ProcessCounters& counters) {
  Number("minor_faults", counters.minor_faults);
  Number("major_faults", counters.major_faults);
  Number("voluntary_switches", counters.voluntary_switches);
  Number("involuntary_switches", counters.involuntary_switches);
}

}  // namespace headroom
