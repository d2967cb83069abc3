#include "fuzz/guard_pool/guard_pool_operations.h"

namespace headroom {
namespace {

using Origin = GuardPoolState::Origin;

size_t ReadSize(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 100) return kind;
  if (kind < 180) return bytes.TwoBytes() % (kGuardSlotBytes + 32);
  // About a number of pages.
  if (kind < 240) return kind % 5 * kKernelPageBytes + bytes.Byte() % 64 - 32;
  return bytes.EightBytes();
}

size_t ReadAlignment(ByteReader& bytes) {
  const uint8_t power = bytes.Byte();
  return kBlockAlignment << (power < 240 ? power % 9 : power % 60);
}

Origin ReadOrigin(ByteReader& bytes) {
  return static_cast<Origin>(bytes.Byte() % 4);
}

ptrdiff_t ReadOffset(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  if (kind < 100) return 0;
  if (kind < 200) return static_cast<int8_t>(bytes.Byte());
  if (kind < 250) return static_cast<int16_t>(bytes.TwoBytes());
  return static_cast<ptrdiff_t>(bytes.EightBytes());
}

}  // namespace

GuardPoolOperation ReadGuardPoolOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 14) {
    case 0:
    case 1:
    case 2:
      return AllocateOperation{1, ReadSize(bytes), ReadAlignment(bytes)};
    case 3:
      return AllocateOperation{bytes.Byte() % 140u, ReadSize(bytes),
                               ReadAlignment(bytes)};
    case 4:
      return FreeOperation{1, bytes.Byte(), 0};
    case 5:
      return FreeOperation{bytes.Byte() % 140u, bytes.Byte(), bytes.Byte()};
    case 6:
      return FreeAtOperation{ReadOrigin(bytes), bytes.Byte(),
                             ReadOffset(bytes)};
    case 7:
    case 8:
      return LookOperation{ReadOrigin(bytes), bytes.TwoBytes() % 700u,
                           ReadOffset(bytes)};
    case 9:
      return OverrunOperation{bytes.Byte(), bytes.TwoBytes(), bytes.Byte()};
    case 10:
      return RefuseLaterOperation{bytes.Byte() % 8u, bytes.Byte() % 8u};
    case 11:
      return RefuseKindOperation{static_cast<OsCall>(bytes.Byte() % 7),
                                 bytes.Byte() % 8u, bytes.Byte() % 64u};
    case 12:
      return ForkOperation{bytes.Byte() % 2 == 1};
    default: {
      const uint8_t kind = bytes.Byte();
      const uint64_t seed = kind < 128 ? kind : bytes.EightBytes();
      const auto every = static_cast<uint32_t>(
          kind % 2 == 0 ? bytes.Byte() : bytes.EightBytes());
      return SampleOperation{seed, every, bytes.Byte()};
    }
  }
}

}  // namespace headroom
