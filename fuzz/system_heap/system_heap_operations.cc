#include "fuzz/system_heap/system_heap_operations.h"

#include <cstdint>

namespace headroom {
namespace {

constexpr size_t kEdges[] = {
    kKernelPageBytes,
    kFirstChunkBytes,
    kHugePageBytes,
    kMaxChunkBytes,
    size_t{1} << 40,
    size_t{1} << 46,
    PTRDIFF_MAX / 2 / kKernelPageBytes* kKernelPageBytes,
    size_t{1} << 63,
};

// A multiple of kKernelPageBytes, not 0.
size_t ReadBytes(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  const size_t low = kind & 31;
  switch (kind >> 5) {
    case 0:
    case 1:
    case 2:
      return (low + 1) * kKernelPageBytes;
    case 3:
    case 4:
      return (bytes.TwoBytes() + 1) * kKernelPageBytes;
    case 5:
      return kEdges[low % 8];
    case 6:
      return kEdges[low % 8] + kKernelPageBytes;
    default:
      return kEdges[low % 7 + 1] - kKernelPageBytes;
  }
}

size_t ReadAlignment(ByteReader& bytes) {
  const uint8_t power = bytes.Byte();
  if (power < 128) return kKernelPageBytes;
  if (power < 240) return kKernelPageBytes << power % 12;
  return kKernelPageBytes << power % 52;
}

intptr_t ReadIncrement(ByteReader& bytes) {
  const uint8_t kind = bytes.Byte();
  const auto amount = static_cast<intptr_t>(bytes.TwoBytes());
  const intptr_t size = kind & 1   ? amount
                        : kind & 2 ? amount * intptr_t{kPageBytes}
                                   : amount * intptr_t{16};
  return kind & 64 ? -size : size;
}

template <typename... Names>
std::string NameOf(const char* type, size_t index, Names... names) {
  const char* const all[] = {names...};
  return std::string(type) + "::" + all[index];
}

}  // namespace

std::string Expression(GrowKind kind) {
  return NameOf("GrowKind", static_cast<size_t>(kind), "kHeap", "kMapping");
}
std::string Expression(ReleaseMode mode) {
  return NameOf("ReleaseMode", static_cast<size_t>(mode), "kDecommit", "kUnmap",
                "kProtect", "kUnprotect");
}
std::string Expression(Mover mover) {
  return NameOf("Mover", static_cast<size_t>(mover), "kSbrk", "kRawBrk",
                "kSbrkInARace");
}
std::string Expression(Knob knob) {
  return NameOf("Knob", static_cast<size_t>(knob), "kSbrkWorks", "kMapWorks",
                "kUnmapWorks", "kProtectWorks", "kFailCall", "kDataLimit",
                "kMapAtBreak");
}

void KernelOperation::Perform(SystemHeapState& state) const {
  FakeOs& os = state.os();
  switch (knob) {
    case Knob::kSbrkWorks:
      os.sbrk_works = amount != 0;
      break;
    case Knob::kMapWorks:
      os.map_works = amount != 0;
      break;
    case Knob::kUnmapWorks:
      os.unmap_works = amount != 0;
      break;
    case Knob::kProtectWorks:
      os.protect_works = amount != 0;
      break;
    case Knob::kFailCall:
      os.fail_call = static_cast<int>(amount);
      break;
    case Knob::kDataLimit:
      os.data_limit = amount == 0 ? SIZE_MAX
                                  : os.break_end() - os.break_start() +
                                        os.mapped_bytes() + amount * kPageBytes;
      break;
    case Knob::kMapAtBreak:
      state.BlockBreak(amount != 0);
      break;
  }
}

SystemHeapOperation ReadSystemHeapOperation(ByteReader& bytes) {
  // Braced initialisers read from left to right.
  switch (bytes.Byte() % 12) {
    case 0:
    case 1:
    case 2:
      return GrowOperation{ReadBytes(bytes), ReadAlignment(bytes),
                           GrowKind::kHeap};
    case 3:
    case 4:
      return GrowOperation{ReadBytes(bytes), ReadAlignment(bytes),
                           GrowKind::kMapping};
    case 5:
    case 6:
      return ReleaseOperation{bytes.Byte(), bytes.Byte(), bytes.Byte(),
                              static_cast<ReleaseMode>(bytes.Byte() % 4)};
    case 7:
      return ResizeOperation{bytes.Byte(), ReadBytes(bytes)};
    case 8:
    case 9:
      return ForeignOperation{static_cast<Mover>(bytes.Byte() % 3),
                              ReadIncrement(bytes)};
    default:
      return KernelOperation{static_cast<Knob>(bytes.Byte() % 7),
                             bytes.Byte() % 8u};
  }
}

}  // namespace headroom
