// dlopen of a library that allocates and frees: its blocks are this heap's.
#include <dlfcn.h>

#include <cstdint>
#include <cstdlib>
#include <thread>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

const char* PluginPath() { return getenv("HEADROOM_TEST_PLUGIN"); }

uint64_t LiveBytes() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

class Plugin {
 public:
  Plugin() : handle_(dlopen(PluginPath(), RTLD_NOW | RTLD_LOCAL)) {}
  ~Plugin() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  bool is_loaded() const { return handle_ != nullptr; }
  template <typename Function>
  Function* Get(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(handle_, name));
  }

 private:
  void* handle_;
};

TEST(DlopenTest, BlocksTravelBothWays) {
  const Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded()) << dlerror();
  const uint64_t before = LiveBytes();
  void* first = plugin.Get<void*(size_t)>("PluginAllocate")(100000);
  void* second = plugin.Get<void*(size_t)>("PluginNew")(100000);
  EXPECT_GE(LiveBytes(), before + 200000);
  Fill(first, headroom_usable_size(first), 1);
  Fill(second, headroom_usable_size(second), 1);
  free(first);
  ::operator delete(second);
  plugin.Get<void(void*)>("PluginFree")(Opaque(malloc(100)));
  EXPECT_EQ(LiveBytes(), before);
}

TEST(DlopenTest, LoadingAndUnloadingLeavesNothing) {
  for (int i = 0; i < 3; ++i) {
    const Plugin warm_up;
  }
  const uint64_t before = LiveBytes();
  for (int i = 0; i < 50; ++i) {
    const Plugin plugin;
    ASSERT_TRUE(plugin.is_loaded()) << dlerror();
    EXPECT_GE(LiveBytes(), before + 5000);
  }
  EXPECT_EQ(LiveBytes(), before);
}

TEST(DlopenTest, ItsThreadLocalsFreeAtThreadExit) {
  const Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded()) << dlerror();
  auto* use = plugin.Get<size_t()>("PluginUseThreadLocal");
  const auto run = [use] {
    std::thread([use] { EXPECT_EQ(use(), 1000u); }).join();
  };
  for (int i = 0; i < 10; ++i) run();
  const uint64_t before = LiveBytes();
  for (int i = 0; i < 50; ++i) run();
  EXPECT_EQ(LiveBytes(), before);
}

}  // namespace
}  // namespace headroom
