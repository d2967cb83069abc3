// A small target: bytes add to a sum, or hold text.
//
// Takes from: engine. Gives to: the engine's tests.
#ifndef TESTS_FUZZ_TOY_TARGET_H_
#define TESTS_FUZZ_TOY_TARGET_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/program_target.h"

namespace headroom {

struct ToySetup {
  uint8_t start;
  static ToySetup Read(ByteReader& bytes) { return {bytes.Byte()}; }
  OperationText Describe() const { return {"ToySetup", {{"start", start}}}; }
};

// What the toys did, in order.
inline std::vector<std::string>& ToyLog() {
  static std::vector<std::string> log;
  return log;
}

class ToyState {
 public:
  explicit ToyState(const ToySetup& setup) {
    ToyLog() = {"start " + std::to_string(setup.start)};
  }
  void AfterOperation() { ToyLog().emplace_back("after"); }
  void Finish() { ToyLog().emplace_back("finish"); }
};

enum class ToyKind : uint8_t { kRed, kBlue };
inline std::string Expression(ToyKind kind) {
  return kind == ToyKind::kRed ? "ToyKind::kRed" : "ToyKind::kBlue";
}

// One byte and its own.
struct ToyAddOperation {
  uint32_t amount;
  ToyKind kind;
  void Perform(ToyState&) const {
    ToyLog().push_back("add " + std::to_string(amount));
  }
  OperationText Describe() const {
    return {"ToyAddOperation", {{"amount", amount}, {"kind", kind}}};
  }
};

// One byte, a length, and so many.
struct ToyTextOperation {
  std::string text;
  void Perform(ToyState&) const { ToyLog().push_back("text " + text); }
  OperationText Describe() const {
    return {"ToyTextOperation", {{"text", text}}};
  }
};

struct ToyTarget {
  static constexpr char kName[] = "toy_things";
  static constexpr char kStateType[] = "ToyState";
  static constexpr const char* kHeaders[] = {"tests/fuzz/toy_target.h"};
  static constexpr int kMostOperations = 20;

  using Setup = ToySetup;
  using State = ToyState;
  using Operation = std::variant<ToyAddOperation, ToyTextOperation>;
  static Operation ReadOperation(ByteReader& bytes) {
    if (bytes.Byte() % 2 == 0) {
      const uint8_t byte = bytes.Byte();
      return ToyAddOperation{byte,
                             byte % 2 == 0 ? ToyKind::kRed : ToyKind::kBlue};
    }
    std::string text;
    for (int length = bytes.Byte() % 8; length > 0; --length) {
      text += static_cast<char>(bytes.Byte());
    }
    return ToyTextOperation{text};
  }
};

}  // namespace headroom

#endif  // TESTS_FUZZ_TOY_TARGET_H_
