// Containers grow, shrink, move and end, sized deletes everywhere.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  std::map<std::string, std::vector<int>> map;
  for (int i = 0; i < 2000; ++i) {
    map[std::to_string(i % 500) + std::string(static_cast<size_t>(i % 60), 'x')]
        .push_back(i);
  }
  std::vector<std::unique_ptr<std::string>> strings;
  for (size_t i = 0; i < 3000; ++i) {
    strings.push_back(std::make_unique<std::string>(i, 's'));
  }
  strings.erase(strings.begin(), strings.begin() + 1000);
  strings.shrink_to_fit();
  map.clear();
}

}  // namespace misuse
