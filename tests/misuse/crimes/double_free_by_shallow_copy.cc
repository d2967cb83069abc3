// A class that owns memory is copied by value: rule of three.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

class Owner {
 public:
  explicit Owner(size_t bytes) : block_(Malloc(bytes)) {}
  ~Owner() { Free(block_); }

 private:
  char* block_;
};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  const Owner first(500);
  const Owner second(first);
}

}  // namespace misuse
