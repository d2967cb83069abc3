// Static objects free their memory when the program ends.
#include <string>
#include <vector>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

std::vector<int> numbers;
std::string text;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  numbers.assign(100000, 7);
  text.assign(5000, 't');
}

}  // namespace misuse
