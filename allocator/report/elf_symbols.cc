#include "allocator/report/elf_symbols.h"

#include <algorithm>
#include <cstring>

#include "allocator/system/raw_file.h"

namespace headroom {
namespace {

constexpr size_t kSymbolsAtOnce = 64;
// What is behind them has no name: a damaged table's size may be any, and a
// sparse file has them all.
constexpr uint64_t kMostSymbols = uint64_t{1} << 22;

bool IsFunctionAt(const Elf64_Sym& symbol, uintptr_t address) {
  return ELF64_ST_TYPE(symbol.st_info) == STT_FUNC &&
         symbol.st_shndx != SHN_UNDEF && address >= symbol.st_value &&
         address - symbol.st_value < symbol.st_size;
}

class ElfFile {
 public:
  ElfFile(const char* path, const Elf64_Ehdr& header)
      : file_(path), header_(header) {}

  bool IsTheSame() {
    Elf64_Ehdr on_disk = {};
    return file_.is_open() && file_.ReadAt(0, &on_disk, sizeof(on_disk)) &&
           memcmp(&on_disk, &header_, sizeof(on_disk)) == 0 &&
           on_disk.e_shentsize == sizeof(Elf64_Shdr);
  }

  // The whole table where the file has one, else the one for the loader.
  bool FindSymbolTable(Elf64_Shdr* symbols, Elf64_Shdr* names) {
    bool found = false;
    for (size_t i = 0; i < header_.e_shnum; ++i) {
      Elf64_Shdr section = {};
      if (!ReadSection(i, &section)) return false;
      if (section.sh_type == SHT_SYMTAB ||
          (section.sh_type == SHT_DYNSYM && !found)) {
        *symbols = section;
        found = true;
      }
    }
    return found && symbols->sh_link < header_.e_shnum &&
           ReadSection(symbols->sh_link, names);
  }

  // A name for other files rather than one that is the file's own.
  bool FindFunction(const Elf64_Shdr& table, uintptr_t address,
                    Elf64_Sym* found) {
    Elf64_Sym symbols[kSymbolsAtOnce] = {};
    const uint64_t count =
        std::min(table.sh_size / sizeof(Elf64_Sym), kMostSymbols);
    bool has_found = false;
    for (uint64_t i = 0; i < count; i += kSymbolsAtOnce) {
      const size_t n = std::min<uint64_t>(kSymbolsAtOnce, count - i);
      if (!file_.ReadAt(table.sh_offset + i * sizeof(Elf64_Sym), symbols,
                        n * sizeof(Elf64_Sym))) {
        return has_found;
      }
      for (size_t k = 0; k < n; ++k) {
        if (!IsFunctionAt(symbols[k], address)) continue;
        const bool is_local = ELF64_ST_BIND(symbols[k].st_info) == STB_LOCAL;
        if (!has_found || !is_local) *found = symbols[k];
        has_found = true;
        if (!is_local) return true;
      }
    }
    return has_found;
  }

  // Terminated; empty when the file is not what it says.
  void ReadName(const Elf64_Shdr& names, uint64_t offset, char* out,
                size_t capacity) {
    if (offset >= names.sh_size || names.sh_offset + offset < offset) return;
    const size_t most =
        std::min<uint64_t>(capacity - 1, names.sh_size - offset);
    if (!file_.ReadAt(names.sh_offset + offset, out, most)) {
      out[0] = '\0';
      return;
    }
    out[most] = '\0';
  }

 private:
  bool ReadSection(size_t index, Elf64_Shdr* out) {
    return file_.ReadAt(header_.e_shoff + index * sizeof(Elf64_Shdr), out,
                        sizeof(*out));
  }

  RawFile file_;
  const Elf64_Ehdr& header_;
};

}  // namespace

bool FindSymbol(const char* path, const Elf64_Ehdr& header,
                uintptr_t address_in_file, char* out, size_t capacity) {
  out[0] = '\0';
  ElfFile file(path, header);
  Elf64_Shdr symbols = {};
  Elf64_Shdr names = {};
  Elf64_Sym symbol = {};
  if (!file.IsTheSame() || !file.FindSymbolTable(&symbols, &names) ||
      !file.FindFunction(symbols, address_in_file, &symbol)) {
    return false;
  }
  file.ReadName(names, symbol.st_name, out, capacity);
  return out[0] != '\0';
}

}  // namespace headroom
