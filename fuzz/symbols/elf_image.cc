#include "fuzz/symbols/elf_image.h"

#include <algorithm>
#include <cstring>

namespace headroom {
namespace {

// What an input writes itself, at most.
constexpr uint64_t kMostBytes = 1 << 16;

template <typename T>
std::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

Elf64_Shdr MakeSection(Elf64_Word type, uint64_t offset, uint64_t bytes,
                       Elf64_Word link) {
  Elf64_Shdr section = {};
  section.sh_type = type;
  section.sh_offset = offset;
  section.sh_size = bytes;
  section.sh_link = link;
  section.sh_entsize = type == SHT_STRTAB ? 0 : sizeof(Elf64_Sym);
  return section;
}

}  // namespace

ElfImage::ElfImage() : symbols_(1), names_(1, '\0') { LayOut(); }

void ElfImage::AddSymbol(std::string_view name, const Elf64_Sym& symbol) {
  symbols_.push_back(symbol);
  symbols_.back().st_name = static_cast<Elf64_Word>(names_.size());
  names_.append(name).push_back('\0');
  LayOut();
}

void ElfImage::AddLoaderTable() {
  loader_symbols_ = symbols_.size();
  LayOut();
}

// The header, the sections' headers, the loader's symbols, all, the names.
void ElfImage::LayOut() {
  bytes_.clear();
  size_ = 0;
  const bool for_loader = loader_symbols_ != 0;
  // The last section is the names.
  const uint32_t sections = for_loader ? 4 : 3;
  Elf64_Ehdr header = {};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_shoff = sizeof(header);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(sections);
  Overwrite(0, BytesOf(header));

  uint64_t at = sizeof(header) + sections * sizeof(Elf64_Shdr);
  uint64_t section_at = sizeof(header) + sizeof(Elf64_Shdr);
  const auto add_table = [&](Elf64_Word type, size_t count) {
    const uint64_t bytes = count * sizeof(Elf64_Sym);
    Overwrite(section_at, BytesOf(MakeSection(type, at, bytes, sections - 1)));
    section_at += sizeof(Elf64_Shdr);
    Overwrite(at, {reinterpret_cast<const char*>(symbols_.data()), bytes});
    at += bytes;
  };
  if (for_loader) add_table(SHT_DYNSYM, loader_symbols_);
  add_table(SHT_SYMTAB, symbols_.size());
  Overwrite(section_at, BytesOf(MakeSection(SHT_STRTAB, at, names_.size(), 0)));
  Overwrite(at, names_);
}

void ElfImage::Overwrite(uint64_t offset, std::string_view bytes) {
  if (offset > kMostBytes) return;
  if (bytes_.size() < offset + bytes.size()) {
    bytes_.resize(offset + bytes.size());
  }
  std::ranges::copy(bytes, bytes_.begin() + static_cast<ptrdiff_t>(offset));
  size_ = std::max<uint64_t>(size_, bytes_.size());
}

void ElfImage::Resize(uint64_t bytes) {
  if (bytes < bytes_.size()) bytes_.resize(bytes);
  size_ = bytes;
}

Elf64_Ehdr ElfImage::header() const {
  Elf64_Ehdr header = {};
  memcpy(&header, bytes_.data(), std::min(bytes_.size(), sizeof(header)));
  return header;
}

template <typename T>
std::optional<T> ElfImage::Read(uint64_t offset) const {
  if (offset > size_ || size_ - offset < sizeof(T)) return std::nullopt;
  T value = {};
  if (offset < bytes_.size()) {
    memcpy(&value, bytes_.data() + offset,
           std::min(sizeof(T), bytes_.size() - offset));
  }
  return value;
}

std::optional<Elf64_Shdr> ElfImage::Section(size_t index) const {
  const Elf64_Ehdr header = this->header();
  if (index >= header.e_shnum || header.e_shoff > size_) return std::nullopt;
  return Read<Elf64_Shdr>(header.e_shoff + index * sizeof(Elf64_Shdr));
}

// The last whole one, else the first for the loader; and its names.
std::optional<Elf64_Shdr> ElfImage::Table(Elf64_Shdr* names) const {
  std::optional<Elf64_Shdr> whole;
  std::optional<Elf64_Shdr> loaders;
  for (size_t i = 0; i < header().e_shnum; ++i) {
    const auto section = Section(i);
    if (!section) return std::nullopt;
    if (section->sh_type == SHT_SYMTAB) whole = section;
    if (section->sh_type == SHT_DYNSYM && !loaders) loaders = section;
  }
  const auto table = whole ? whole : loaders;
  if (!table) return std::nullopt;
  const auto linked = Section(table->sh_link);
  if (!linked) return std::nullopt;
  *names = *linked;
  return table;
}

std::optional<std::string> ElfImage::Name(const Elf64_Shdr& names,
                                          uint64_t offset,
                                          size_t capacity) const {
  if (offset >= names.sh_size || names.sh_offset > size_) return std::nullopt;
  const uint64_t most =
      std::min<uint64_t>(capacity - 1, names.sh_size - offset);
  std::string name;
  for (uint64_t i = 0; i < most; ++i) {
    // The whole stretch has to be there, whatever lies in it.
    const auto c = Read<char>(names.sh_offset + offset + i);
    if (!c) return std::nullopt;
    name += *c;
  }
  name.resize(strlen(name.c_str()));
  if (name.empty()) return std::nullopt;
  return name;
}

ElfImage::Answer ElfImage::NameAt(uintptr_t address, size_t capacity) const {
  if (size_ < sizeof(Elf64_Ehdr) ||
      header().e_shentsize != sizeof(Elf64_Shdr)) {
    return {};
  }
  Elf64_Shdr names = {};
  const auto table = Table(&names);
  if (!table) return {};
  Answer answer;
  const uint64_t count = table->sh_size / sizeof(Elf64_Sym);
  answer.is_cut = table->sh_offset > size_ ||
                  count * sizeof(Elf64_Sym) > size_ - table->sh_offset;
  std::optional<Elf64_Sym> found;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = table->sh_offset + i * sizeof(Elf64_Sym);
    // From here on, all are zero, and no functions.
    if (at >= bytes_.size()) break;
    const auto symbol = Read<Elf64_Sym>(at);
    if (!symbol) break;
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
        symbol->st_shndx == SHN_UNDEF || address < symbol->st_value ||
        address - symbol->st_value >= symbol->st_size) {
      continue;
    }
    const bool is_local = ELF64_ST_BIND(symbol->st_info) == STB_LOCAL;
    if (!found || !is_local) found = symbol;
    if (!is_local) break;
  }
  if (found) answer.name = Name(names, found->st_name, capacity);
  return answer;
}

}  // namespace headroom
