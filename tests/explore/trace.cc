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
  char program[512];
  const std::string link = "/proc/self/exe";
  const std::unique_ptr<char, decltype(&free)> path(
      realpath(link.c_str(), nullptr), &free);
  snprintf(program, sizeof(program), "addr2line -Cfe '%s'",
           path != nullptr ? path.get() : "");
  std::string command = program;
  const auto base = reinterpret_cast<uintptr_t>(__executable_start);
  // The call is just before where it returns to.
  for (const uintptr_t pc : pcs) command += " " + Hex(pc - base - 1);
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return names;
  for (std::string& name : names) {
    const std::string function = ReadLine(pipe);
    const std::string place = ReadLine(pipe);
    if (place.empty() || function.starts_with("??")) continue;
    name = WithoutArguments(function) + " at " + ShortPlace(place);
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
