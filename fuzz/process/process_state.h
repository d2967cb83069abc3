// A process with Headroom as its malloc: what it shall do, at which level.
//
// Role: collects the operations; Finish runs them in the program under test and
//   hears the judge.
// Takes from: child, transcript. Gives to: process_operations.
#ifndef FUZZ_PROCESS_PROCESS_STATE_H_
#define FUZZ_PROCESS_PROCESS_STATE_H_

#include <cstdint>
#include <string>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/process/record.h"

namespace headroom {

// What stands in HEADROOM_OPTIONS besides what the fields say.
enum class OddWords : uint8_t { kNone, kBad, kHelp, kLong, kTwice };
std::string Expression(OddWords words);

struct ProcessSetup {
  uint32_t sample_every = 5000;
  bool strict = false;
  bool zero_on_free = false;
  bool tail_canary = false;
  bool check_origin = false;
  bool quarantine = false;
  bool guard_pages = false;
  bool zero_size_page = false;
  bool reports = false;  // on_misuse=report
  bool crash_handler = true;
  bool protect_large = true;
  OddWords odd_words = OddWords::kNone;
  std::string early;  // see program/early.cc

  static ProcessSetup Read(ByteReader& bytes);
  OperationText Describe() const;

  std::string Options() const;
  Level LevelOf() const;
};

class ProcessState {
 public:
  explicit ProcessState(const ProcessSetup& setup);

  void Add(const Record& record);
  void AfterOperation() {}
  // Runs it all.
  void Finish();

 private:
  const ProcessSetup setup_;
  Orders orders_ = {};
};

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROCESS_STATE_H_
