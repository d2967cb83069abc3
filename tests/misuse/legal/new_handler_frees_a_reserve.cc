// The new handler frees a reserve, and new succeeds.
#include <sys/resource.h>

#include <cstdio>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

char* reserve = nullptr;

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  reserve = Malloc(size_t{64} << 20);
  const size_t start = size_t{24} << 20;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  const auto in_use = [] {
    size_t pages = 0;
    FILE* const file = fopen("/proc/self/statm", "re");
    Require(file != nullptr && fscanf(file, "%zu", &pages) == 1, "statm");
    fclose(file);
    return pages * kPage;
  };
  limit.rlim_cur = in_use() + start;
  Require(setrlimit(RLIMIT_AS, &limit) == 0, "setrlimit");
  std::set_new_handler([] {
    if (reserve == nullptr) Fail("the handler ran twice");
    Free(reserve);
    reserve = nullptr;
  });
  void* const block = Opaque(::operator new(size_t{48} << 20));
  Require(reserve == nullptr, "the handler did not run");
  ::operator delete(block);
}

}  // namespace misuse
