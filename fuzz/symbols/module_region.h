// A few pages of the process in which files are mapped as an input wants it.
//
// Role: makes layouts that no linker makes: pieces of two files, anonymous
//   memory, closed pages; files that end before their mappings.
// Takes from: memfd, mmap. Gives to: symbols_state.
#ifndef FUZZ_SYMBOLS_MODULE_REGION_H_
#define FUZZ_SYMBOLS_MODULE_REGION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/symbols/elf_image.h"

namespace headroom {

class ModuleRegion {
 public:
  static constexpr size_t kPages = 16;
  static constexpr size_t kFiles = 2;

  enum class Content : uint8_t { kClosed, kAnonymous, kFile, kLongName };

  ModuleRegion();
  ~ModuleRegion();
  ModuleRegion(const ModuleRegion&) = delete;
  ModuleRegion& operator=(const ModuleRegion&) = delete;

  // Both files hold the image.
  void Store(const ElfImage& image);
  // A path by which the first one can be opened.
  std::string path() const;

  void Map(size_t page, Content content, size_t file_page);
  uintptr_t start() const { return start_; }

 private:
  std::array<int, kFiles> files_;
  uintptr_t start_;
};

std::string Expression(ModuleRegion::Content content);

}  // namespace headroom

#endif  // FUZZ_SYMBOLS_MODULE_REGION_H_
