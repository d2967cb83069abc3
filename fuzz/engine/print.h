// An input in the two forms that people can use.
//
// Takes from: fuzz_target. Gives to: entry.
#ifndef FUZZ_ENGINE_PRINT_H_
#define FUZZ_ENGINE_PRINT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/engine/fuzz_target.h"

namespace headroom {

// A line for the setup and one for each operation, numbered.
std::string PrintText(const FuzzTarget& target, std::span<const uint8_t> input);

// A source file with a GoogleTest that does the same. `input_name`: a file's
// name, from which the test gets its own.
std::string PrintTest(const FuzzTarget& target, std::span<const uint8_t> input,
                      std::string_view input_name);

}  // namespace headroom

#endif  // FUZZ_ENGINE_PRINT_H_
