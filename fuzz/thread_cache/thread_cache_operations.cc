#include "fuzz/thread_cache/thread_cache_operations.h"

namespace headroom {
namespace {

// Mostly few, so that magazines grow step by step; now and then as many as fill
// the largest one.
uint32_t ReadCount(ByteReader& bytes) {
  const uint32_t kind = bytes.Byte();
  return kind < 240 ? kind % 24 : (kind - 239) * 64;
}

// The others are kept from living for long.
Life ReadLife(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte() % 16;
  if (kind < 7) return Life::kAttach;
  if (kind < 12) return Life::kDetach;
  return kind < 15 ? Life::kFlush : Life::kFork;
}

}  // namespace

std::string Expression(Life life) {
  constexpr const char* kNames[] = {"kAttach", "kDetach", "kFlush", "kFork"};
  return std::string("Life::") + kNames[static_cast<int>(life)];
}

ThreadCacheOperation ReadThreadCacheOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      return AllocateOperation{bytes.Byte() % ThreadCacheState::kThreads,
                               bytes.Byte() % 4u, ReadCount(bytes)};
    case 4:
    case 5:
    case 6:
    case 7:
      return FreeOperation{bytes.Byte() % ThreadCacheState::kThreads,
                           bytes.Byte() % 4u, ReadCount(bytes),
                           bytes.TwoBytes(), bytes.Byte()};
    case 8:
      return DamageOperation{bytes.Byte(),
                             static_cast<BlockModel::Damage>(bytes.Byte() % 4)};
    case 9:
    case 10:
    case 11:
      return ThreadOperation{ReadLife(bytes),
                             bytes.Byte() % ThreadCacheState::kThreads};
    case 12:
      return ScavengeOperation{bytes.Byte() % 4 == 3};
    case 13:
    case 14:
      return PassTimeOperation{bytes.TwoBytes() % 4096};
    default:
      return RefuseLaterOperation{bytes.Byte() % 16u, bytes.Byte() % 16u};
  }
}

}  // namespace headroom
