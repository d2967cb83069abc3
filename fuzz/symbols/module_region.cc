#include "fuzz/symbols/module_region.h"

#include <sys/mman.h>
#include <unistd.h>

#include "allocator/base/units.h"
#include "fuzz/engine/require.h"

namespace headroom {
namespace {

constexpr size_t kBytes = ModuleRegion::kPages * kKernelPageBytes;

void* Pointer(uintptr_t address) { return reinterpret_cast<void*>(address); }

int MakeFile(const std::string& name) {
  const int file = memfd_create(name.c_str(), MFD_CLOEXEC);
  Require(file >= 0, "the fuzzer's own memfd works");
  return file;
}

uintptr_t MapFixed(uintptr_t at, size_t bytes, int protection, int file,
                   size_t offset) {
  const int flags =
      MAP_PRIVATE | (file < 0 ? MAP_ANONYMOUS : 0) | (at != 0 ? MAP_FIXED : 0);
  void* got = mmap(Pointer(at), bytes, protection, flags, file,
                   static_cast<off_t>(offset));
  Require(got != MAP_FAILED, "the fuzzer's own mmap works");
  return reinterpret_cast<uintptr_t>(got);
}

}  // namespace

// With "/memfd:" and " (deleted)", the long name is longer than a Mapping's.
ModuleRegion::ModuleRegion()
    : files_{MakeFile("module"), MakeFile(std::string(245, 'm'))},
      start_(MapFixed(0, kBytes, PROT_NONE, -1, 0)) {}

ModuleRegion::~ModuleRegion() {
  munmap(Pointer(start_), kBytes);
  for (const int file : files_) close(file);
}

void ModuleRegion::Store(const ElfImage& image) {
  for (const int file : files_) {
    const std::vector<char>& bytes = image.bytes();
    Require(ftruncate(file, 0) == 0, "a file can be emptied");
    Require(pwrite(file, bytes.data(), bytes.size(), 0) ==
                static_cast<ssize_t>(bytes.size()),
            "a file can be written");
    Require(ftruncate(file, static_cast<off_t>(image.size())) == 0,
            "a file can be resized");
  }
}

std::string ModuleRegion::path() const {
  return "/proc/self/fd/" + std::to_string(files_[0]);
}

void ModuleRegion::Map(size_t page, Content content, size_t file_page) {
  const uintptr_t at = start_ + page % kPages * kKernelPageBytes;
  switch (content) {
    case Content::kClosed:
      MapFixed(at, kKernelPageBytes, PROT_NONE, -1, 0);
      break;
    case Content::kAnonymous:
      MapFixed(at, kKernelPageBytes, PROT_READ | PROT_WRITE, -1, 0);
      break;
    case Content::kFile:
    case Content::kLongName:
      MapFixed(at, kKernelPageBytes, PROT_READ,
               files_[content == Content::kFile ? 0 : 1],
               file_page * kKernelPageBytes);
  }
}

std::string Expression(ModuleRegion::Content content) {
  constexpr const char* kNames[] = {"kClosed", "kAnonymous", "kFile",
                                    "kLongName"};
  return std::string("ModuleRegion::Content::") +
         kNames[static_cast<int>(content)];
}

}  // namespace headroom
