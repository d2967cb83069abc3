// A target whose inputs are programs: a setup, then operations on a state.
//
// Role: any bytes are a program; each operation is carried out, and the state
//   looks at itself after each.
// Takes from: fuzz_target, byte_reader. Gives to: each fuzzer.
//
// What `Target` has:
//   kName, kStateType, kHeaders   see FuzzTarget
//   kMostOperations               what follows is not carried out
//   Setup                         static Read(ByteReader&), Describe()
//   Operation                     a std::variant of structs that have
//                                 Perform(State&) and Describe()
//   static ReadOperation(ByteReader&)
//   State                         made of a Setup; AfterOperation(), Finish()
#ifndef FUZZ_ENGINE_PROGRAM_TARGET_H_
#define FUZZ_ENGINE_PROGRAM_TARGET_H_

#include <string>
#include <variant>
#include <vector>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/fuzz_target.h"

namespace headroom {

template <typename Target>
class ProgramTarget final : public FuzzTarget {
 public:
  void Run(const uint8_t* data, size_t size) const override {
    ByteReader bytes(data, size);
    typename Target::State state(Target::Setup::Read(bytes));
    for (int i = 0; i < Target::kMostOperations && !bytes.empty(); ++i) {
      const typename Target::Operation operation = Target::ReadOperation(bytes);
      std::visit([&state](const auto& op) { op.Perform(state); }, operation);
      state.AfterOperation();
    }
    state.Finish();
  }

  Program Read(const uint8_t* data, size_t size) const override {
    ByteReader bytes(data, size);
    Program program;
    program.setup = Target::Setup::Read(bytes).Describe();
    program.setup_bytes = bytes.position();
    for (int i = 0; i < Target::kMostOperations && !bytes.empty(); ++i) {
      const size_t begin = bytes.position();
      const typename Target::Operation operation = Target::ReadOperation(bytes);
      program.steps.push_back(
          {begin, bytes.position(),
           std::visit([](const auto& op) { return op.Describe(); },
                      operation)});
    }
    return program;
  }

  std::string name() const override { return Target::kName; }
  std::string state_type() const override { return Target::kStateType; }
  std::vector<std::string> headers() const override {
    return {std::begin(Target::kHeaders), std::end(Target::kHeaders)};
  }
};

}  // namespace headroom

#endif  // FUZZ_ENGINE_PROGRAM_TARGET_H_
