#include "fuzz/threads/step.h"

namespace headroom {

std::string Expression(Verb verb) {
  constexpr const char* kNames[kVerbs] = {
      "kAllocate",      "kAllocateZeroed", "kAllocateAligned", "kReallocate",
      "kFree",          "kFreeSized",      "kAskSize",         "kPost",
      "kTakeAndFree",   "kTakeAndKeep",    "kReadStatistics",  "kScavenge",
      "kReleaseMemory", "kPassTime",       "kEndThread",       "kDie",
      "kFork"};
  return std::string("Verb::") + kNames[static_cast<size_t>(verb)];
}

std::string Expression(const std::vector<Script>& scripts) {
  std::string text = "{";
  for (const Script& script : scripts) {
    if (text.size() > 1) text += ", ";
    text += "{.steps = {";
    for (const Step& step : script.steps) {
      if (&step != &script.steps.front()) text += ", ";
      text += "{.verb = " + Expression(step.verb) +
              ", .count = " + Expression(step.count) +
              ", .index = " + Expression(step.index) +
              ", .bytes = " + Expression(step.bytes) + '}';
    }
    text += "}}";
  }
  return text + '}';
}

}  // namespace headroom
