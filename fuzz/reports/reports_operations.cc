#include "fuzz/reports/reports_operations.h"

#include <csignal>

namespace headroom {
namespace {

using Near = ReportsState::Near;

size_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 160) return kind;
  if (kind < 220) return bytes.TwoBytes() % 8192;
  if (kind < 248) return size_t{kind - 219u} * 20000 + bytes.Byte();
  return (size_t{4} << 20) + size_t{bytes.Byte()} * 4096;
}

size_t ReadAlignment(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  return kind < 128 ? kBlockAlignment : kBlockAlignment << kind % 10;
}

Near ReadNear(ByteReader& bytes) { return static_cast<Near>(bytes.Byte() % 7); }

ptrdiff_t ReadOffset(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 80) return 0;
  if (kind < 200) return static_cast<int8_t>(bytes.Byte());
  if (kind < 250) return static_cast<int16_t>(bytes.TwoBytes());
  return static_cast<ptrdiff_t>(bytes.EightBytes());
}

// In one line.
std::string ReadLine(ByteReader& bytes) {
  std::string text(bytes.Byte() % 32, ' ');
  for (char& c : text) c = static_cast<char>('a' + bytes.Byte() % 26);
  return text;
}

FaultOperation ReadFault(ByteReader& bytes) {
  FaultOperation fault;
  fault.near = ReadNear(bytes);
  fault.index = bytes.Byte();
  fault.offset = ReadOffset(bytes);
  const uint8_t kind = bytes.Byte();
  constexpr int kCodes[] = {SEGV_MAPERR, SEGV_ACCERR, SI_KERNEL, SI_USER,
                            BUS_MCEERR_AO};
  fault.signal = kind % 8 == 7 ? SIGBUS : SIGSEGV;
  fault.code = kCodes[kind / 8 % 5];
  fault.entry = kind >= 128;
  fault.argument = bytes.Byte() % 24 - 8;
  return fault;
}

}  // namespace

ReportsOperation ReadReportsOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 18) {
    case 0:
    case 1:
    case 2:
      return AllocateOperation{1, ReadSize(bytes), ReadAlignment(bytes)};
    case 3:
      return AllocateOperation{bytes.Byte() % 64u, bytes.Byte(),
                               ReadAlignment(bytes)};
    case 4:
      return FreeOperation{1, bytes.Byte()};
    case 5:
      return FreeOperation{bytes.Byte() % 64u, bytes.Byte()};
    case 6: {
      const uint8_t index = bytes.Byte();
      const uint8_t bit = bytes.Byte();
      return DamageOperation{
          index, bit < 192 ? uint64_t{1} << bit % 64 : bytes.EightBytes()};
    }
    case 7:
      return ReleaseMemoryOperation{};
    case 8:
    case 9:
      return LookOperation{ReadNear(bytes), bytes.Byte(), ReadOffset(bytes)};
    case 10:
      return ReportOperation{
          ReadNear(bytes),
          bytes.Byte(),
          ReadOffset(bytes),
          static_cast<Misuse>(bytes.Byte() %
                              (static_cast<int>(Misuse::kInternal) + 1)),
          1u + bytes.Byte() * 16u,
          bytes.Byte() % 4 == 3};
    case 11:
    case 12:
      return ReadFault(bytes);
    case 16:
    case 17: {
      const uint8_t kind = bytes.Byte();
      return CallOnSampleOperation{static_cast<ReportsState::Call>(kind % 5),
                                   kind / 5 % 2 == 1, bytes.Byte(),
                                   ReadOffset(bytes)};
    }
    case 13:
      return SetHookOperation{ReadLine(bytes)};
    case 14: {
      const auto form = static_cast<WriterCheck::Form>(bytes.Byte() % 4);
      std::string text(bytes.Byte() % 100, '\0');
      for (char& c : text) c = static_cast<char>(bytes.Byte());
      const uint8_t kind = bytes.Byte();
      return WriteTextOperation{
          form, text, kind < 128 ? kind : bytes.EightBytes() >> kind % 64};
    }
    default: {
      const uint8_t kind = bytes.Byte();
      if (kind % 4 == 0) return BeginTextOperation{1u + kind / 4};
      return FlushTextOperation{kind % 4 == 3};
    }
  }
}

}  // namespace headroom
