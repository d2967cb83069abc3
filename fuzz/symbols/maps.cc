#include "fuzz/symbols/maps.h"

#include <fstream>
#include <ios>
#include <sstream>

#include "allocator/report/module_map.h"

namespace headroom {

Maps ReadMaps() {
  Maps maps;
  std::ifstream file("/proc/self/maps");
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    MapsEntry entry = {};
    char dash = 0;
    std::string word;
    in >> std::hex >> entry.start >> dash >> entry.end >> word >>
        entry.offset >> word >> word >> std::ws;
    std::getline(in, entry.path);
    constexpr size_t kMost = sizeof(Mapping::path) - 1;
    if (entry.path.size() > kMost) entry.path.resize(kMost);
    maps.push_back(entry);
  }
  return maps;
}

std::optional<size_t> EntryAround(const Maps& maps, uintptr_t address) {
  for (size_t i = 0; i < maps.size(); ++i) {
    if (maps[i].start <= address && address < maps[i].end) return i;
  }
  return std::nullopt;
}

uintptr_t BaseOf(const Maps& maps, size_t index) {
  size_t first = index;
  if (!maps[index].path.empty()) {
    for (size_t i = index; i-- > 0;) {
      if (maps[i].path.empty()) continue;
      if (maps[i].path != maps[first].path) break;
      if (maps[first].offset == 0 && maps[i].end != maps[first].start) break;
      first = i;
    }
  }
  return maps[first].start - maps[first].offset;
}

}  // namespace headroom
