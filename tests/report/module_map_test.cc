#include "allocator/report/module_map.h"

#include <gnu/libc-version.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"

namespace headroom {
namespace {

int global = 1;

uintptr_t AddressOf(const void* p) { return reinterpret_cast<uintptr_t>(p); }

std::string ProgramPath() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  return std::string(path, size > 0 ? static_cast<size_t>(size) : 0)
      .substr(0, sizeof(Mapping::path) - 1);
}

TEST(ModuleMapTest, CodeAndDataOfAProgramShareItsBase) {
  Mapping code;
  Mapping data;
  ASSERT_TRUE(
      FindMapping(AddressOf(reinterpret_cast<void*>(&ProgramPath)), &code));
  ASSERT_TRUE(FindMapping(AddressOf(&global), &data));
  EXPECT_EQ(code.path, ProgramPath());
  EXPECT_EQ(data.path, ProgramPath());
  EXPECT_EQ(code.base, data.base);
  EXPECT_NE(code.start, data.start);
  Elf64_Ehdr header = {};
  ASSERT_TRUE(ReadElfHeader(code, &header));
  EXPECT_EQ(header.e_type, ET_DYN);
  EXPECT_EQ(AddressInFile(code, header, code.base + 5), 5u);
}

TEST(ModuleMapTest, LibrariesHaveBasesOfTheirOwn) {
  Mapping libc;
  ASSERT_TRUE(FindMapping(
      AddressOf(reinterpret_cast<void*>(&gnu_get_libc_version)), &libc));
  EXPECT_NE(std::string(libc.path).find("libc"), std::string::npos)
      << libc.path;
  Elf64_Ehdr header = {};
  EXPECT_TRUE(ReadElfHeader(libc, &header));
}

// As a linker lays out a small library: code in the file's first page.
TEST(ModuleMapTest, AFirstPageRightBehindIsNoOtherModule) {
  const int file = memfd_create("module", 0);
  ASSERT_EQ(ftruncate(file, 4096), 0);
  auto* pages = static_cast<char*>(
      mmap(nullptr, 4 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (const int page : {0, 1, 3}) {
    ASSERT_NE(mmap(pages + page * 4096, 4096, PROT_READ,
                   MAP_PRIVATE | MAP_FIXED, file, 0),
              MAP_FAILED);
  }
  Mapping found;
  ASSERT_TRUE(FindMapping(AddressOf(pages + 4096), &found));
  EXPECT_EQ(found.base, AddressOf(pages));
  ASSERT_TRUE(FindMapping(AddressOf(pages + 3 * 4096), &found));
  EXPECT_EQ(found.base, AddressOf(pages + 3 * 4096));
  munmap(pages, 4 * 4096);
  close(file);
}

TEST(ModuleMapTest, StackAnonymousAndNothing) {
  Mapping found;
  Elf64_Ehdr header = {};
  void* pages =
      mmap(nullptr, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(static_cast<char*>(pages) + 4096, 4096);
  ASSERT_TRUE(FindMapping(AddressOf(pages), &found));
  EXPECT_STREQ(found.path, "");
  EXPECT_FALSE(ReadElfHeader(found, &header));
  EXPECT_FALSE(FindMapping(AddressOf(pages) + 4096, &found));
  EXPECT_TRUE(FindMapping(AddressOf(pages) + 2 * 4096, &found));
  munmap(pages, 3 * 4096);
  EXPECT_FALSE(FindMapping(0, &found));
  EXPECT_FALSE(FindMapping(UINTPTR_MAX, &found));
  // A sanitizer may have the variables of functions elsewhere.
  ASSERT_TRUE(FindMapping(AddressOf(environ[0]), &found));
  EXPECT_STREQ(found.path, "[stack]");
}

}  // namespace
}  // namespace headroom
