#include "fuzz/central_free_list/central_free_list_operations.h"

namespace headroom {
namespace {

// Mostly few; as many as a batch has now and then.
uint32_t ReadCount(ByteReader& bytes) {
  const uint32_t kind = bytes.Byte();
  return kind < 224 ? kind % 72 : (kind - 224) * 17;
}

}  // namespace

CentralFreeListOperation ReadCentralFreeListOperation(ByteReader& bytes) {
  using TakeWay = CentralFreeListState::TakeWay;
  using PutWay = CentralFreeListState::PutWay;
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 16) {
    case 0:
    case 1:
    case 2:
      return TakeOperation{TakeWay::kCache, bytes.Byte(), bytes.Byte() % 16u,
                           ReadCount(bytes)};
    case 3:
    case 4:
      return TakeOperation{static_cast<TakeWay>(bytes.Byte() % 5), bytes.Byte(),
                           bytes.Byte() % 16u, ReadCount(bytes)};
    case 5:
    case 6:
    case 7:
    case 8:
      return PutOperation{static_cast<PutWay>(bytes.Byte() % 3),
                          bytes.Byte(),
                          bytes.Byte() % 16u,
                          ReadCount(bytes),
                          bytes.TwoBytes(),
                          bytes.Byte(),
                          /*damaged=*/false};
    case 9:
      return PutOperation{static_cast<PutWay>(bytes.Byte() % 3),
                          bytes.Byte(),
                          bytes.Byte() % 16u,
                          ReadCount(bytes),
                          bytes.TwoBytes(),
                          bytes.Byte(),
                          bytes.Byte() % 4 == 3};
    case 10:
      return DamageOperation{bytes.Byte(),
                             static_cast<BlockModel::Damage>(bytes.Byte() % 4)};
    case 11:
      return PutAgainOperation{bytes.Byte()};
    case 12:
    case 13:
      return ScavengeOperation{bytes.Byte() % 4 == 3};
    case 14:
      return PassTimeOperation{bytes.TwoBytes() % 4096};
    default:
      return RefuseLaterOperation{bytes.Byte() % 16u, bytes.Byte() % 16u};
  }
}

}  // namespace headroom
