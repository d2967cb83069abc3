// An ELF file that an input builds, and what its symbol table has to say.
//
// Role: well-formed as it is built, until an input overwrites it, cuts it off
//   or stretches it; the model reads the bytes, without files.
// Takes from: elf.h. Gives to: symbols_state.
#ifndef FUZZ_SYMBOLS_ELF_IMAGE_H_
#define FUZZ_SYMBOLS_ELF_IMAGE_H_

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

class ElfImage {
 public:
  ElfImage();

  // The next symbol; the image is laid out anew, and well-formed again.
  void AddSymbol(std::string_view name, const Elf64_Sym& symbol);
  // Also one for the loader, with the symbols so far.
  void AddLoaderTable();

  void Overwrite(uint64_t offset, std::string_view bytes);
  // Cut off, or zeros behind it.
  void Resize(uint64_t bytes);

  // What is there; then zeros up to size().
  const std::vector<char>& bytes() const { return bytes_; }
  uint64_t size() const { return size_; }
  Elf64_Ehdr header() const;

  // What a table says about an address.
  struct Answer {
    std::optional<std::string> name;  // nothing: no function there
    // The table ends behind the file: another answer, or none, is as good.
    bool is_cut = false;
  };
  Answer NameAt(uintptr_t address, size_t capacity) const;

 private:
  void LayOut();
  // Nothing where the file ends before it.
  template <typename T>
  std::optional<T> Read(uint64_t offset) const;
  std::optional<Elf64_Shdr> Section(size_t index) const;
  std::optional<Elf64_Shdr> Table(Elf64_Shdr* names) const;
  std::optional<std::string> Name(const Elf64_Shdr& names, uint64_t offset,
                                  size_t capacity) const;

  std::vector<Elf64_Sym> symbols_;
  std::string names_;
  size_t loader_symbols_ = 0;  // 0: there is no table for it
  std::vector<char> bytes_;
  uint64_t size_ = 0;
};

}  // namespace headroom

#endif  // FUZZ_SYMBOLS_ELF_IMAGE_H_
