// A string of options that grows, and what it has to mean.
//
// Role: reads each setting by itself, as docs/options.md has it; the parser
//   must come to the same options and the same complaints, from a copy of the
//   string that ends where its memory ends.
// Takes from: base. Gives to: options_operations.
#ifndef FUZZ_OPTIONS_OPTIONS_STATE_H_
#define FUZZ_OPTIONS_OPTIONS_STATE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "allocator/base/options.h"
#include "fuzz/engine/empty_setup.h"

namespace headroom {

class OptionsState {
 public:
  explicit OptionsState(EmptySetup) {}

  // Puts more behind the string: a setting, with a colon or without.
  void Append(std::string_view text);

  // The string says what it should.
  void AfterOperation() const;
  // Written anew, in any order, the options are the same.
  void Finish() const;

 private:
  struct Value {
    uint64_t number = 0;
    std::string path = {};  // of an option that is one
  };
  using Values = std::array<std::optional<Value>, kOptionCount>;

  void Apply(std::string_view setting, Values& values,
             std::string& complaints) const;
  static Options Resolve(const Values& values);

  std::string text_;
  // Of what a colon ended.
  Values values_;
  std::string complaints_;
  std::string last_setting_;
};

}  // namespace headroom

#endif  // FUZZ_OPTIONS_OPTIONS_STATE_H_
