// Runs a fuzzer on stored inputs: files, or folders of files.
//
// Role: stands in for libFuzzer's main, so that a corpus is an ordinary test
//   for every compiler and sanitizer.
// Takes from: a fuzzer. Gives to: cc_fuzz_test.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "fuzz/engine/input_file.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace headroom {
namespace {

namespace fs = std::filesystem;

// False when the file cannot be read.
bool Replay(const fs::path& file) {
  const auto bytes = ReadInput(file);
  if (!bytes) {
    std::fprintf(stderr, "replay: cannot read %s\n", file.c_str());
    return false;
  }
  // Before the run: the last name is that of the input that crashed.
  std::printf("replaying %s (%zu bytes)\n", file.filename().c_str(),
              bytes->size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(bytes->data(), bytes->size());
  return true;
}

int Main(int argc, char** argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  int replayed = 0;
  for (int i = 1; i < argc; ++i) {
    std::vector<fs::path> files;
    std::error_code error;
    if (fs::is_directory(argv[i], error)) {
      for (const auto& entry : fs::directory_iterator(argv[i])) {
        files.push_back(entry.path());
      }
    } else {
      files.emplace_back(argv[i]);
    }
    for (const fs::path& file : files) {
      if (!Replay(file)) return 1;
      ++replayed;
    }
  }
  if (replayed == 0) {
    std::fputs("replay: no input given: nothing was tested\n", stderr);
    return 1;
  }
  std::printf("replayed %d inputs\n", replayed);
  return 0;
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) { return headroom::Main(argc, argv); }
