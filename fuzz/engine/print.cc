#include "fuzz/engine/print.h"

#include <cctype>

namespace headroom {
namespace {

// "page_heap" -> "PageHeap"
std::string CamelCase(std::string_view name) {
  std::string camel;
  bool begins = true;
  for (const char c : name) {
    if (c == '_') {
      begins = true;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    camel += begins ? static_cast<char>(std::toupper(byte)) : c;
    begins = false;
  }
  return camel;
}

// What may stand in a C++ name.
std::string Identifier(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
  }
  return name;
}

}  // namespace

std::string PrintText(const FuzzTarget& target,
                      std::span<const uint8_t> input) {
  const FuzzTarget::Program program = target.Read(input.data(), input.size());
  std::string text = "on " + program.setup.Line() + '\n';
  int number = 0;
  for (const FuzzTarget::Step& step : program.steps) {
    text += std::to_string(++number) + ' ' + step.text.Line() + '\n';
  }
  return text;
}

std::string PrintTest(const FuzzTarget& target, std::span<const uint8_t> input,
                      std::string_view input_name) {
  const FuzzTarget::Program program = target.Read(input.data(), input.size());
  std::string test;
  for (const std::string& header : target.headers()) {
    test += "#include \"" + header + "\"\n";
  }
  test += "#include \"gtest/gtest.h\"\n\nnamespace headroom {\nnamespace {\n\n";
  test += "using namespace std::string_literals;\n\n";
  test += "TEST(" + CamelCase(target.name()) + "FuzzTest, Input" +
          Identifier(input_name) + ") {\n";
  test += "  " + target.state_type() + " state(" + program.setup.Statement() +
          ");\n";
  for (const FuzzTarget::Step& step : program.steps) {
    test += "  " + step.text.Statement() + ".Perform(state);\n";
    test += "  state.AfterOperation();\n";
  }
  test += "  state.Finish();\n}\n\n}  // namespace\n}  // namespace headroom\n";
  return test;
}

}  // namespace headroom
