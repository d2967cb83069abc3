// A library that is loaded and unloaded at run time: it allocates while it
// loads, hands blocks over, and frees while it unloads. For dlopen_test.
#include <cstdlib>
#include <string>

#include "tests/override/opaque.h"

namespace {

thread_local std::string plugin_text;

struct Keeper {
  void* block = headroom::Opaque(malloc(5000));
  ~Keeper() { free(block); }
};
Keeper keeper;

}  // namespace

extern "C" {

[[gnu::visibility("default")]] void* PluginAllocate(size_t bytes) {
  return headroom::Opaque(malloc(bytes));
}
[[gnu::visibility("default")]] void* PluginNew(size_t bytes) {
  return headroom::Opaque(::operator new(bytes));
}
[[gnu::visibility("default")]] void PluginFree(void* block) { free(block); }
[[gnu::visibility("default")]] size_t PluginUseThreadLocal() {
  plugin_text.assign(1000, 'x');
  return plugin_text.size();
}

}  // extern "C"
