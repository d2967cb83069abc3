// What Headroom costs a program that hardly allocates.
#include <elf.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "allocator/base/build_mode.h"
#include "bench/child_process.h"
#include "gtest/gtest.h"
#include "tests/budget/budgets.h"

namespace headroom {
namespace {

constexpr char kLibrary[] = "allocator/libheadroom.so";

int64_t StartUpKib(const std::string& preload) {
  const auto output = RunChild({"tests/budget/start_up_program"}, preload);
  EXPECT_TRUE(output.ok()) << output.status();
  int64_t kib = -1;
  EXPECT_TRUE(output.ok() && absl::SimpleAtoi(*output, &kib));
  return kib;
}

// Bytes of the file's loadable segments.
int64_t LoadedBytes(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  Elf64_Ehdr header = {};
  stream.read(reinterpret_cast<char*>(&header), sizeof(header));
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  stream.seekg(static_cast<std::streamoff>(header.e_phoff));
  stream.read(
      reinterpret_cast<char*>(segments.data()),
      static_cast<std::streamsize>(segments.size() * sizeof(Elf64_Phdr)));
  EXPECT_TRUE(stream.good()) << file;
  int64_t bytes = 0;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD) {
      bytes += static_cast<int64_t>(segment.p_filesz);
    }
  }
  return bytes;
}

TEST(StartUpTest, MemoryOfAnIdleProgramKeepsWithinItsBudget) {
  if (kDebugBuild) GTEST_SKIP() << "budgets are for release builds";
  const int64_t system = StartUpKib("");
  const int64_t headroom =
      StartUpKib(std::filesystem::canonical(kLibrary).string());
  std::printf(
      "start-up: %lld KiB, %lld KiB on the system's malloc; %lld of %lld "
      "more\n",
      static_cast<long long>(headroom), static_cast<long long>(system),
      static_cast<long long>(headroom - system),
      static_cast<long long>(kStartUpKib));
  EXPECT_GT(headroom, system) << "Headroom cannot be free: was it loaded?";
  EXPECT_LE(headroom - system, kStartUpKib);
}

TEST(StartUpTest, LibraryKeepsWithinItsBudget) {
  if (kDebugBuild) GTEST_SKIP() << "budgets are for release builds";
  const int64_t kib = (LoadedBytes(kLibrary) + 1023) / 1024;
  std::printf("libheadroom.so: %lld of %lld KiB\n", static_cast<long long>(kib),
              static_cast<long long>(kLibraryKib));
  EXPECT_GT(kib, 0);
  EXPECT_LE(kib, kLibraryKib);
}

}  // namespace
}  // namespace headroom
