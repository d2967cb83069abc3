// Where a fuzzing engine, or replay_main, enters a target.
//
// Role: runs inputs; `--print FILE` shows one as a list of operations, and
//   `--print_test FILE` as a GoogleTest.
// Takes from: the target, print. Gives to: libFuzzer, AFL++, replay_main.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "fuzz/engine/fuzz_target.h"
#include "fuzz/engine/input_file.h"
#include "fuzz/engine/print.h"

namespace headroom {
namespace {

int Print(const std::filesystem::path& file, bool as_test) {
  const auto input = ReadInput(file);
  if (!input) {
    std::fprintf(stderr, "print: cannot read %s\n", file.c_str());
    return 1;
  }
  const std::string text =
      as_test ? PrintTest(TheFuzzTarget(), *input, file.stem().string())
              : PrintText(TheFuzzTarget(), *input);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace headroom

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const std::string_view flag = *argc > 1 ? (*argv)[1] : "";
  if (flag != "--print" && flag != "--print_test") return 0;
  if (*argc != 3) {
    std::fprintf(stderr, "%s takes one file\n", (*argv)[1]);
    std::exit(2);
  }
  std::exit(headroom::Print((*argv)[2], flag == "--print_test"));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  headroom::TheFuzzTarget().Run(data, size);
  return 0;
}
