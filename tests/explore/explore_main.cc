// main of a test that explores: GoogleTest's flags, then the explorer's.
#include <cstdio>

#include "gtest/gtest.h"
#include "tests/explore/explorer.h"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (headroom::explore::ParseFlag(argv[i])) continue;
    fprintf(stderr, "explore: unknown argument '%s'\n", argv[i]);
    return 2;
  }
  return RUN_ALL_TESTS();
}
