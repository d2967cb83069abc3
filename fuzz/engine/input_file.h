// A stored input.
//
// Takes from: nothing. Gives to: entry, replay_main.
#ifndef FUZZ_ENGINE_INPUT_FILE_H_
#define FUZZ_ENGINE_INPUT_FILE_H_

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

namespace headroom {

// Nothing when the file cannot be read.
inline std::optional<std::vector<uint8_t>> ReadInput(
    const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(stream),
                             std::istreambuf_iterator<char>()};
  if (!stream) return std::nullopt;
  return bytes;
}

}  // namespace headroom

#endif  // FUZZ_ENGINE_INPUT_FILE_H_
