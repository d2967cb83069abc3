// The process's mappings, as a reader with a heap and a locale reads them.
//
// Takes from: /proc/self/maps. Gives to: symbols_state.
#ifndef FUZZ_SYMBOLS_MAPS_H_
#define FUZZ_SYMBOLS_MAPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

struct MapsEntry {
  uintptr_t start;
  uintptr_t end;
  uintptr_t offset;
  std::string path;  // as far as a Mapping holds it
  bool operator==(const MapsEntry&) const = default;
};

using Maps = std::vector<MapsEntry>;

Maps ReadMaps();

// The entry around the address.
std::optional<size_t> EntryAround(const Maps& maps, uintptr_t address);

// Where the file's first mapping lies of those that belong together: the same
// file, but for anonymous memory between, and no first page of it that lies
// apart.
uintptr_t BaseOf(const Maps& maps, size_t index);

}  // namespace headroom

#endif  // FUZZ_SYMBOLS_MAPS_H_
