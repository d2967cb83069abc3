#include "fuzz/kernel_calls/kernel_calls_operations.h"

namespace headroom {
namespace {

using Source = KernelCallsState::Source;

// Of few letters, so that names meet variables.
std::string ReadText(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  // Now and then longer than any buffer on the way.
  if (kind >= 248) return std::string(bytes.TwoBytes() % 2048, 'x');
  std::string text;
  for (int i = 0; i < kind % 16; ++i) {
    const uint8_t letter = bytes.Byte();
    text += letter < 200 ? "AB=_"[letter % 4] : static_cast<char>(letter);
  }
  return text;
}

size_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  return kind < 192 ? kind % 64 : bytes.TwoBytes() % 4096;
}

Source ReadSource(ByteReader& bytes) {
  return static_cast<Source>(bytes.Byte() % 4);
}

bool ReadBool(ByteReader& bytes) { return bytes.Byte() % 2 == 1; }

}  // namespace

KernelCallsOperation ReadKernelCallsOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 17) {
    case 0:
    case 1:
      return AddVariableOperation{ReadText(bytes)};
    case 2:
    case 3:
      return FindVariableOperation{ReadText(bytes), ReadSize(bytes),
                                   ReadSource(bytes)};
    case 4:
      return FindOwnVariableOperation{bytes.Byte(), ReadSize(bytes),
                                      ReadSource(bytes)};
    case 5:
      return StoreFileOperation{ReadText(bytes)};
    case 6:
      return ReadFileOperation{ReadSize(bytes)};
    case 7:
      return ReadFileAtOperation{
          bytes.Byte() < 224 ? bytes.Byte() : bytes.EightBytes(),
          ReadSize(bytes)};
    case 8:
      return OpenNoFileOperation{};
    case 9:
      return SetReadableOperation{bytes.Byte() % KernelCallsState::kPages,
                                  ReadBool(bytes)};
    case 10:
    case 11:
      return ReadMemoryOperation{bytes.TwoBytes(), bytes.TwoBytes(),
                                 ReadBool(bytes)};
    case 12:
      return ReadAbsurdOperation{bytes.EightBytes(), bytes.Byte(),
                                 ReadBool(bytes)};
    case 13:
      return DrawRandomOperation{ReadSize(bytes), ReadBool(bytes)};
    case 14:
      return UseMappingOperation{bytes.Byte() % 16u, bytes.Byte() % 16u,
                                 bytes.Byte()};
    case 15:
      return AskForTooMuchOperation{bytes.EightBytes()};
    default:
      return CloseForGoodOperation{bytes.TwoBytes()};
  }
}

}  // namespace headroom
