#include "tests/explore/trace.h"

#include <algorithm>
#include <cstdio>
#include <memory>

extern "C" const char __executable_start[];

namespace headroom::explore {
namespace {

std::string Hex(uintptr_t value) {
  char text[32];
  snprintf(text, sizeof(text), "%#zx", value);
  return text;
}

std::string ReadLine(FILE* file) {
  char line[1024];
  if (fgets(line, sizeof(line), file) == nullptr) return "";
  std::string text = line;
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string WithoutArguments(const std::string& function) {
  return function.substr(0, function.find('('));
}

// What tells nobody where he is.
bool IsHelper(const std::string& function) {
  for (const char* start :
       {"??", "std::", "headroom::RelaxedPointer", "headroom::LockGuard",
        "headroom::explore::Scheduler", "__wrap_", "__tsan_"}) {
    if (function.starts_with(start)) return true;
  }
  return false;
}

// "file:line", without folders.
std::string ShortPlace(const std::string& place) {
  const size_t slash = place.rfind('/');
  const std::string name =
      slash == std::string::npos ? place : place.substr(slash + 1);
  return name.substr(0, name.find(' '));
}

}  // namespace

std::vector<std::string> NameCode(const std::vector<uintptr_t>& pcs) {
  std::vector<std::string> names;
  for (const uintptr_t pc : pcs) names.push_back(Hex(pc));
  const std::unique_ptr<char, decltype(&free)> program(
      realpath("/proc/self/exe", nullptr), &free);
  if (program == nullptr) return names;
  std::string command = "addr2line -aiCfe '" + std::string(program.get()) + "'";
  const auto base = reinterpret_cast<uintptr_t>(__executable_start);
  // The call is just before where it returns to.
  for (const uintptr_t pc : pcs) command += " " + Hex(pc - base - 1);
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return names;
  // An address, then a function and its place for each level of inlining, the
  // innermost first: of these the first that is not a helper.
  size_t next = 0;
  bool named = true;
  for (std::string line = ReadLine(pipe); !line.empty();
       line = ReadLine(pipe)) {
    if (line.starts_with("0x")) {
      ++next;
      named = false;
      continue;
    }
    const std::string place = ReadLine(pipe);
    if (named || next > names.size() || IsHelper(line)) continue;
    named = true;
    names[next - 1] = WithoutArguments(line) + " at " + ShortPlace(place);
  }
  pclose(pipe);
  return names;
}

std::string TraceText(const std::vector<Event>& events, size_t most) {
  const size_t first = events.size() - std::min(most, events.size());
  std::vector<uintptr_t> pcs;
  for (size_t i = first; i < events.size(); ++i) pcs.push_back(events[i].pc);
  const std::vector<std::string> names = NameCode(pcs);
  std::string text;
  for (size_t i = first; i < events.size(); ++i) {
    const Event& event = events[i];
    const bool switched = i > first && events[i - 1].thread != event.thread;
    char line[1024];
    snprintf(line, sizeof(line), "%s%6u  thread %d  %-12s %#zx = %#zx  %s\n",
             switched ? "        --\n" : "", event.step, event.thread,
             event.what, event.address, static_cast<size_t>(event.value),
             names[i - first].c_str());
    text += line;
  }
  return text;
}

}  // namespace headroom::explore
