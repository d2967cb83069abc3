// What happened in a run, seam point by seam point, for people.
//
// Role: a cheap record of each; the last ones become text when a run failed.
// Gives to: scheduler, explorer.
#ifndef HEADROOM_TESTS_EXPLORE_TRACE_H_
#define HEADROOM_TESTS_EXPLORE_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace headroom::explore {

struct Event {
  uint32_t step;
  int thread;
  const char* what;
  uintptr_t address;
  uint64_t value;
  uintptr_t pc;  // a return address
};

// "function at file:line" for each code address, if addr2line can tell.
std::vector<std::string> NameCode(const std::vector<uintptr_t>& pcs);

// The last `most` events, one a line.
std::string TraceText(const std::vector<Event>& events, size_t most);

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_TRACE_H_
