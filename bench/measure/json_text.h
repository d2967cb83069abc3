// JSON as the benchmark programs write it.
//
// Role: writes, and only what they have to say; no library for it, because each
//   one loaded would be in the RSS and the start-up of every run.
// Takes from: process_counters. Gives to: measurement, worker, replay.
#ifndef BENCH_MEASURE_JSON_TEXT_H_
#define BENCH_MEASURE_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/measure/process_counters.h"

namespace headroom {

// A number with so many digits behind the point.
std::string Fixed(double value, int digits);

// What an object or an array holds, one after the other.
class Json {
 public:
  void Element(std::string_view value) {
    if (!members_.empty()) members_ += ',';
    members_ += value;
  }
  void Pair(double first, int digits, const std::string& second) {
    Element("[" + Fixed(first, digits) + "," + second + "]");
  }
  void Raw(std::string_view name, const std::string& value);
  void Text(std::string_view name, std::string_view value) {
    Raw(name, Quoted(value));
  }
  void Number(std::string_view name, int64_t value) {
    Raw(name, std::to_string(value));
  }
  void Seconds(std::string_view name, double value) {
    Raw(name, Fixed(value, 6));
  }
  void Ns(std::string_view name, double value) { Raw(name, Fixed(value, 1)); }
  // What a run took, and what the kernel counted meanwhile.
  void Times(const ProcessCounters& counters);
  void KernelCounts(const ProcessCounters& counters);
  void Flag(std::string_view name, bool value) {
    Raw(name, value ? "true" : "false");
  }

  std::string Object() const { return "{" + members_ + "}"; }
  std::string Array() const { return "[" + members_ + "]"; }

 private:
  static std::string Quoted(std::string_view text);

  std::string members_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_JSON_TEXT_H_
