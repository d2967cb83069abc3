// Deletes with the right size and alignment.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t bytes : kSizes) {
    ::operator delete(Opaque(::operator new(bytes)), bytes);
    ::operator delete[](Opaque(::operator new[](bytes)), bytes);
    ::operator delete(Opaque(::operator new(bytes, std::nothrow)), bytes);
    for (size_t a = 16; a <= 65536; a *= 2) {
      const std::align_val_t alignment{a};
      ::operator delete(Opaque(::operator new(bytes, alignment)), bytes,
                        alignment);
      ::operator delete[](Opaque(::operator new[](bytes, alignment)),
                          alignment);
    }
  }
}

}  // namespace misuse
