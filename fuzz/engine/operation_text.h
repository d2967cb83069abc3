// An operation as people read it: its type's name, and its fields.
//
// Role: one description gives both forms, a line of text and a C++ expression
//   that makes the operation anew.
// Takes from: nothing. Gives to: each target's operations, print.
#ifndef FUZZ_ENGINE_OPERATION_TEXT_H_
#define FUZZ_ENGINE_OPERATION_TEXT_H_

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {

// A value as a C++ expression. A target adds overloads for its enumerations, as
// in "Origin::kNew".
std::string Expression(bool value);
std::string Expression(std::string_view text);
inline std::string Expression(const std::string& text) {
  return Expression(std::string_view(text));
}
inline std::string Expression(const char* text) {
  return Expression(std::string_view(text));
}
// The elements of an array, in braces.
std::string Expression(std::span<const char> bytes);
template <std::integral T>
std::string Expression(T value) {
  std::string digits = std::to_string(value);
  // What no signed type holds is no literal without this.
  if (std::cmp_greater(value, INT64_MAX)) digits += 'u';
  return digits;
}

struct FieldText {
  template <typename T>
  FieldText(const char* field, const T& value)
      : name(field), expression(Expression(value)) {}

  std::string name;
  std::string expression;
};

struct OperationText {
  std::string type;  // "FreeSizedOperation"
  std::vector<FieldText> fields;

  // "free_sized index=3"
  std::string Line() const;
  // "FreeSizedOperation{.index = 3}"
  std::string Statement() const;
};

}  // namespace headroom

#endif  // FUZZ_ENGINE_OPERATION_TEXT_H_
