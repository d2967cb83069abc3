// A library makes blocks and is unloaded; then the blocks are freed.
#include <dlfcn.h>

#include <filesystem>
#include <string>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  const std::string path =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() /
      "block_maker.so";
  for (const size_t bytes : kSizes) {
    void* const library = dlopen(path.c_str(), RTLD_NOW);
    Require(library != nullptr, "dlopen");
    using Maker = void* (*)(size_t);
    const auto malloc_maker =
        reinterpret_cast<Maker>(dlsym(library, "ByMalloc"));
    const auto new_maker = reinterpret_cast<Maker>(dlsym(library, "ByNew"));
    void* const by_malloc = malloc_maker(bytes);
    void* const by_new = new_maker(bytes);
    dlclose(library);
    Free(by_malloc);
    ::operator delete(by_new);
  }
}

}  // namespace misuse
