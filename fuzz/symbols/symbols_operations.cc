#include "fuzz/symbols/symbols_operations.h"

namespace headroom {
namespace {

// Where the numbers are that lead to others.
constexpr size_t kFields[] = {
    offsetof(Elf64_Ehdr, e_shoff),
    offsetof(Elf64_Ehdr, e_shentsize),
    offsetof(Elf64_Ehdr, e_shnum),
    offsetof(Elf64_Ehdr, e_type),
    // Of the section behind the empty one, and so on.
    sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_type),
    sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_offset),
    sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_size),
    sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_link),
};

uint64_t ReadNumber(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 160) return kind;
  if (kind < 200) return bytes.TwoBytes();
  // The largest, or about a power of two.
  if (kind < 240) return (uint64_t{1} << kind % 64) - bytes.Byte();
  return bytes.EightBytes();
}

std::string ReadText(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  std::string text(kind < 240 ? kind % 12 : kind, static_cast<char>(kind));
  const size_t written = kind < 240 ? text.size() : 1;
  for (size_t i = 0; i < written; ++i) {
    text[i] = static_cast<char>(bytes.Byte());
  }
  return text;
}

OverwriteOperation ReadOverwrite(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind >= 192) return {bytes.TwoBytes() % 2048u, ReadText(bytes)};
  // A field of the header's, or of one of the sections.
  const size_t field = kFields[kind % 8];
  const size_t section = kind % 8 < 4 ? 0 : kind / 8 % 3;
  const uint64_t number = ReadNumber(bytes);
  const size_t length =
      field >= offsetof(Elf64_Ehdr, e_shentsize) && field < sizeof(Elf64_Ehdr)
          ? 2
          : (kind % 8 == 4 || kind % 8 == 7 ? 4 : 8);
  std::string raw;
  for (size_t i = 0; i < length; ++i) {
    raw += static_cast<char>(number >> 8 * i);
  }
  return {field + section * sizeof(Elf64_Shdr), raw};
}

MapPagesOperation ReadMapPages(ByteReader& bytes) {
  const size_t page = bytes.Byte() % ModuleRegion::kPages;
  const uint8_t kind = bytes.Byte();
  return {page, 1u + kind / 4 % 4, static_cast<ModuleRegion::Content>(kind % 4),
          bytes.Byte() % 4u, kind / 16 % 2u};
}

SymbolsState::Address ReadAddress(ByteReader& bytes) {
  const auto near = static_cast<SymbolsState::Near>(bytes.Byte() % 6);
  return {near, bytes.TwoBytes()};
}

}  // namespace

SymbolsOperation ReadSymbolsOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 19) {
    case 0:
    case 1:
    case 2: {
      const uint8_t kind = bytes.Byte();
      constexpr uint8_t kInfos[] = {
          ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
          ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
          ELF64_ST_INFO(STB_WEAK, STT_FUNC),
          ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
      };
      return AddSymbolOperation{ReadText(bytes), ReadNumber(bytes),
                                ReadNumber(bytes), kInfos[kind % 4],
                                static_cast<uint16_t>(kind / 4 % 4)};
    }
    case 3:
      return AddLoaderTableOperation{};
    case 4:
    case 5:
    case 6:
      return ReadOverwrite(bytes);
    case 7:
      return ResizeFileOperation{bytes.Byte() < 224
                                     ? bytes.TwoBytes() % 2048u
                                     : uint64_t{1} << (12 + bytes.Byte() % 30)};
    case 8:
    case 9:
    case 10: {
      const uint8_t kind = bytes.Byte();
      return FindNameOperation{ReadNumber(bytes), kind < 64 ? kind + 1u : 200u,
                               kind >= 248};
    }
    case 11:
    case 12:
      return ReadMapPages(bytes);
    case 13:
    case 14:
      return FindModuleOperation{ReadAddress(bytes)};
    case 16:
    case 17: {
      const uint32_t word = bytes.TwoBytes() % 1024u;
      // Mostly a little above.
      const uint8_t kind = bytes.Byte();
      const uint32_t next = kind < 224 ? word + kind % 32u : bytes.TwoBytes();
      const uint8_t odd = bytes.Byte();
      return SetFrameOperation{word, next, odd < 240 ? uint8_t{0} : odd,
                               ReadNumber(bytes) << 8};
    }
    case 18: {
      const uint32_t word = bytes.TwoBytes() % 1024u;
      const uint8_t odd = bytes.Byte();
      return WalkFramesOperation{word, odd < 240 ? uint8_t{0} : odd};
    }
    default: {
      WriteFramesOperation operation;
      const uint8_t kind = bytes.Byte();
      operation.first =
          kind < 128 ? FirstFrame::kReturnAddress : FirstFrame::kInstruction;
      for (int i = 0; i < kind % 5; ++i) {
        operation.frames.push_back(ReadAddress(bytes));
      }
      return operation;
    }
  }
}

}  // namespace headroom
