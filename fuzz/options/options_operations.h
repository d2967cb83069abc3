// The operations of the options fuzzer: the settings of a string, each with
// the colon behind it. So an input is the string itself.
//
// Takes from: options_state, byte_reader. Gives to: options_fuzzer.
#ifndef FUZZ_OPTIONS_OPTIONS_OPERATIONS_H_
#define FUZZ_OPTIONS_OPTIONS_OPERATIONS_H_

#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/options/options_state.h"

namespace headroom {

struct SettingOperation {
  std::string text;
  void Perform(OptionsState& state) const { state.Append(text); }
  OperationText Describe() const {
    return {"SettingOperation", {{"text", text}}};
  }
};

using OptionsOperation = std::variant<SettingOperation>;

inline OptionsOperation ReadOptionsOperation(ByteReader& bytes) {
  std::string text;
  while (!bytes.empty()) {
    text += static_cast<char>(bytes.Byte());
    if (text.back() == ':') break;
  }
  return SettingOperation{text};
}

}  // namespace headroom

#endif  // FUZZ_OPTIONS_OPTIONS_OPERATIONS_H_
