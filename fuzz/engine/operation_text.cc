#include "fuzz/engine/operation_text.h"

#include <cctype>
#include <cstdio>

namespace headroom {
namespace {

// "FreeSizedOperation" -> "free_sized"
std::string VerbOf(std::string_view type) {
  for (const std::string_view suffix : {"Operation", "Setup"}) {
    if (type.ends_with(suffix) && type != suffix) {
      type.remove_suffix(suffix.size());
    }
  }
  std::string verb;
  for (const char c : type) {
    const bool is_upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (is_upper && !verb.empty()) verb += '_';
    verb += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return verb;
}

// An enumerator without its type, a string without its suffix.
std::string_view ShortForm(std::string_view expression) {
  if (expression.ends_with("\"s")) {
    return expression.substr(0, expression.size() - 1);
  }
  const bool is_name =
      !expression.empty() &&
      std::isalpha(static_cast<unsigned char>(expression.front())) != 0;
  const size_t colons = is_name ? expression.rfind("::") : expression.npos;
  return colons == expression.npos ? expression : expression.substr(colons + 2);
}

}  // namespace

std::string Expression(bool value) { return value ? "true" : "false"; }

std::string Expression(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      literal += '\\';
      literal += c;
    } else if (std::isprint(byte) != 0) {
      literal += c;
    } else {
      // Octal ends after three digits, whatever follows.
      char escape[5];
      std::snprintf(escape, sizeof(escape), "\\%03o", byte);
      literal += escape;
    }
  }
  // With zeros, too.
  return literal + "\"s";
}

std::string Expression(std::span<const char> bytes) {
  std::string list = "{";
  for (const char byte : bytes) {
    if (list.size() > 1) list += ", ";
    list += std::to_string(static_cast<int>(byte));
  }
  return list + '}';
}

std::string OperationText::Line() const {
  std::string line = VerbOf(type);
  for (const FieldText& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    line += ShortForm(field.expression);
  }
  return line;
}

std::string OperationText::Statement() const {
  std::string statement = type + '{';
  for (const FieldText& field : fields) {
    if (&field != &fields.front()) statement += ", ";
    statement += '.';
    statement += field.name;
    statement += " = ";
    statement += field.expression;
  }
  return statement + '}';
}

}  // namespace headroom
