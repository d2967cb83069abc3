#include "fuzz/damage/damage_operations.h"

namespace headroom {
namespace {

size_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 160) return kind;
  if (kind < 220) return bytes.TwoBytes() % 4096;
  if (kind < 240) return bytes.TwoBytes();
  if (kind < 252) return size_t{kind - 239u} * 20000 + bytes.Byte();
  return (size_t{4} << 20) + size_t{bytes.Byte()} * 4096;
}

Origin ReadOrigin(ByteReader& bytes) {
  return static_cast<Origin>(bytes.Byte() % 5);
}

size_t ReadAlignment(ByteReader& bytes) {
  return size_t{16} << bytes.Byte() % 10;
}

DamageState::Place ReadPlace(ByteReader& bytes) {
  return static_cast<DamageState::Place>(bytes.Byte() % 4);
}

BadCall ReadBadCall(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  return kind < 240 ? static_cast<BadCall>(kind % 4) : BadCall::kWrongAlignment;
}

OverwriteOperation ReadOverwrite(ByteReader& bytes) {
  OverwriteOperation operation;
  operation.place = ReadPlace(bytes);
  operation.index = bytes.TwoBytes();
  operation.offset = static_cast<int8_t>(bytes.Byte()) / 2;
  const uint8_t kind = bytes.Byte();
  operation.count = kind % 64 + 1;
  // One byte for all, or each its own.
  if (kind < 128) {
    operation.bytes.fill(static_cast<char>(bytes.Byte()));
  } else {
    for (char& c : operation.bytes) c = static_cast<char>(bytes.Byte());
  }
  return operation;
}

}  // namespace

std::string Expression(BadCall call) {
  constexpr const char* kNames[] = {"kWrongSize", "kAsAnother", "kInside",
                                    "kAgain", "kWrongAlignment"};
  return std::string("BadCall::") + kNames[static_cast<int>(call)];
}

std::string Expression(Event event) {
  constexpr const char* kNames[] = {"kSwitchThread", "kEndThread", "kPassTime",
                                    "kReleaseMemory"};
  return std::string("Event::") + kNames[static_cast<int>(event)];
}

DamageOperation ReadDamageOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 16) {
    case 0:
    case 1:
    case 2:
      return HoldOperation{1, ReadOrigin(bytes), ReadAlignment(bytes),
                           ReadSize(bytes)};
    case 3:
      return HoldOperation{bytes.Byte() % 64u, ReadOrigin(bytes),
                           kBlockAlignment, bytes.Byte()};
    case 4:
      return HoldZeroedOperation{ReadSize(bytes)};
    case 5:
      return ResizeOperation{bytes.TwoBytes(), ReadSize(bytes)};
    case 6:
    case 7:
      return DropOperation{bytes.Byte() % 64u, bytes.TwoBytes(), bytes.Byte(),
                           bytes.Byte() % 2 == 1};
    case 8:
      return DropOperation{1, bytes.TwoBytes(), 0, bytes.Byte() % 2 == 1};
    case 9:
      return AskSizeOperation{bytes.TwoBytes()};
    case 10:
    case 11:
      return BadCallOperation{ReadBadCall(bytes), bytes.TwoBytes(),
                              bytes.TwoBytes()};
    case 12:
    case 13:
      return ReadOverwrite(bytes);
    case 14:
      return ReplayOperation{ReadPlace(bytes), bytes.TwoBytes(),
                             static_cast<DamageState::Word>(bytes.Byte() % 3),
                             bytes.TwoBytes()};
    default:
      return LifeOperation{static_cast<Event>(bytes.Byte() % 4), bytes.Byte()};
  }
}

}  // namespace headroom
