// What a fuzz target gives to whoever runs, prints or mutates its inputs.
//
// Role: the one way between the entry points of a fuzzing engine and a target.
// Takes from: nothing. Gives to: entry, print, mutator.
#ifndef FUZZ_ENGINE_FUZZ_TARGET_H_
#define FUZZ_ENGINE_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/engine/operation_text.h"

namespace headroom {

class FuzzTarget {
 public:
  // One operation of an input: bytes [begin, end) of it.
  struct Step {
    size_t begin;
    size_t end;
    OperationText text;
  };
  // An input as a program. Its first setup_bytes say on what it runs.
  struct Program {
    OperationText setup;
    size_t setup_bytes = 0;
    std::vector<Step> steps;
  };

  virtual ~FuzzTarget() = default;

  // Runs an input; aborts when a promise is broken.
  virtual void Run(const uint8_t* data, size_t size) const = 0;
  // Reads it without running it.
  virtual Program Read(const uint8_t* data, size_t size) const = 0;

  // For the printed test: "heap", "HeapState", the headers it needs.
  virtual std::string name() const = 0;
  virtual std::string state_type() const = 0;
  virtual std::vector<std::string> headers() const = 0;
};

// The target of this program: each fuzzer defines its own.
const FuzzTarget& TheFuzzTarget();

}  // namespace headroom

#endif  // FUZZ_ENGINE_FUZZ_TARGET_H_
