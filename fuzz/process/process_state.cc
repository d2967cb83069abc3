#include "fuzz/process/process_state.h"

#include <cstdio>

#include "fuzz/engine/require.h"
#include "fuzz/process/child.h"
#include "fuzz/process/transcript.h"

namespace headroom {
namespace {

constexpr size_t kLongText = 1100;  // more than is read

bool Complains(OddWords words) { return words == OddWords::kBad; }

}  // namespace

std::string Expression(OddWords words) {
  constexpr const char* kNames[] = {"kNone", "kBad", "kHelp", "kLong",
                                    "kTwice"};
  return std::string("OddWords::") + kNames[static_cast<int>(words)];
}

ProcessSetup ProcessSetup::Read(ByteReader& bytes) {
  constexpr uint32_t kRates[] = {0, 1, 25, 5000};
  const uint8_t first = bytes.Byte();
  const uint8_t second = bytes.Byte();
  const uint8_t third = bytes.Byte();
  ProcessSetup setup;
  setup.sample_every = kRates[first % 4];
  setup.reports = (first & 4) != 0;
  setup.crash_handler = (first & 0x18) != 0x18;
  setup.protect_large = (first & 0x60) != 0x60;
  setup.strict = (second & 0xc0) == 0xc0;
  // Half of them run at the default level.
  if ((second & 0x80) != 0) {
    setup.zero_on_free = (second & 1) != 0;
    setup.tail_canary = (second & 2) != 0;
    setup.check_origin = (second & 4) != 0;
    setup.quarantine = (second & 8) != 0;
    setup.guard_pages = (second & 16) != 0;
    setup.zero_size_page = (second & 32) != 0;
  }
  constexpr const char* kEarly[] = {"", "", "", "", "e", "r", "c", "ec"};
  setup.early = kEarly[third >> 5];
  // Most have none.
  if (third % 8 == 7)
    setup.odd_words = static_cast<OddWords>(1 + third / 8 % 4);
  return setup;
}

OperationText ProcessSetup::Describe() const {
  return {"ProcessSetup",
          {{"sample_every", sample_every},
           {"strict", strict},
           {"zero_on_free", zero_on_free},
           {"tail_canary", tail_canary},
           {"check_origin", check_origin},
           {"quarantine", quarantine},
           {"guard_pages", guard_pages},
           {"zero_size_page", zero_size_page},
           {"reports", reports},
           {"crash_handler", crash_handler},
           {"protect_large", protect_large},
           {"odd_words", odd_words},
           {"early", early}}};
}

std::string ProcessSetup::Options() const {
  std::string text = "sample_every=" + std::to_string(sample_every);
  if (strict) {
    text += ":strict=1";
  } else {
    if (zero_on_free) text += ":zero_on_free=yes:verify_on_reuse=complete";
    if (tail_canary) text += ":tail_canary=on";
    if (check_origin) text += ":check_origin=true";
    if (quarantine) text += ":quarantine=64k";
    if (guard_pages) text += ":guard_pages=1";
    if (zero_size_page) text += ":zero_size_page=1";
  }
  if (reports) text += ":on_misuse=report";
  if (!crash_handler) text += ":crash_handler=off";
  if (!protect_large) text += ":protect_large=0";
  switch (odd_words) {
    case OddWords::kNone:
      break;
    case OddWords::kBad:
      text += ":no_such=1:quarantine=9z:verify_on_reuse=maybe:strict";
      break;
    case OddWords::kHelp:
      text += "::help=1:";
      break;
    case OddWords::kLong:
      text += std::string(kLongText, ':');
      break;
    case OddWords::kTwice:
      text = "sample_every=0:on_misuse=abort:" + text;
      break;
  }
  return text;
}

Level ProcessSetup::LevelOf() const {
  return {.samples = sample_every != 0,
          .reports = reports,
          .crash_handler = crash_handler,
          .protect_large = protect_large,
          .tail_canary = strict || tail_canary,
          .check_origin = strict || check_origin,
          .zero_on_free = strict || zero_on_free,
          .zero_size_page = strict || zero_size_page};
}

ProcessState::ProcessState(const ProcessSetup& setup) : setup_(setup) {
  orders_.level = setup.LevelOf();
}

void ProcessState::Add(const Record& record) {
  if (orders_.count < kMostRecords) orders_.records[orders_.count++] = record;
}

void ProcessState::Finish() {
  const ChildRun run = RunChild(orders_, setup_.Options(), setup_.early);
  std::string problem;
  if (!run.in_time) {
    problem = "the program comes to its end";
  } else {
    problem = Judge(orders_.level, Complains(setup_.odd_words), run.answers,
                    run.status);
  }
  if (problem.empty()) return;
  std::fprintf(stderr, "%s\nstatus %#x, options %s\n", run.answers.c_str(),
               static_cast<unsigned>(run.status), setup_.Options().c_str());
  Require(false, problem.c_str());
}

}  // namespace headroom
