// Before main: blocks taken by preinit_array, before any constructor ran, and
// by the first constructors, are good in main and can be freed there.
#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string>

#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

struct EarlyBlocks {
  void* plain = nullptr;
  void* aligned = nullptr;
  void* large = nullptr;
  void* from_new = nullptr;

  void Take() {
    free(Opaque(malloc(100)));
    plain = Opaque(malloc(100));
    aligned = Opaque(aligned_alloc(4096, 100));
    large = Opaque(realloc(Opaque(malloc(10)), 10000000));
    from_new = Opaque(::operator new(100));
    for (void* block : {plain, aligned, large, from_new}) Fill(block, 100, 1);
  }

  void CheckAndFree() const {
    for (void* block : {plain, aligned, large, from_new}) {
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(Holds(block, 100, 1));
      EXPECT_GE(malloc_usable_size(block), 100u);
      free(block);
    }
  }
};

EarlyBlocks before_constructors;
EarlyBlocks in_first_constructor;

void TakeBeforeConstructors() { before_constructors.Take(); }

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const kPreinit)() = &TakeBeforeConstructors;

[[gnu::constructor(101)]] void TakeInFirstConstructor() {
  in_first_constructor.Take();
}

// A static object of the usual kind.
const std::string long_string(1000, 'x');

TEST(EarlyTest, BlocksFromBeforeConstructorsAreGood) {
  before_constructors.CheckAndFree();
}

TEST(EarlyTest, BlocksFromTheFirstConstructorAreGood) {
  in_first_constructor.CheckAndFree();
  EXPECT_EQ(long_string.size(), 1000u);
}

}  // namespace
}  // namespace headroom
