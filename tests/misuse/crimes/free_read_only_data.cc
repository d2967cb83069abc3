// Frees a constant.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

alignas(16) constexpr char constant[64] = "constant";

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  char* const pointer = const_cast<char*>(Opaque(constant + 16));
  ExpectPointer(pointer);
  Free(pointer);
}

}  // namespace misuse
