// Two unique_ptr own one object.
#include <memory>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

struct Object {
  char text[200];
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  auto* const object = Opaque(new Object);
  const std::unique_ptr<Object> one(object);
  const std::unique_ptr<Object> two(Opaque(object));
}

}  // namespace misuse
