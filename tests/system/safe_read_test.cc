#include "allocator/system/safe_read.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "gtest/gtest.h"

namespace headroom {
namespace {

constexpr size_t kPage = 4096;

// Both ways, for a kernel that forbids the first.
class SafeReadTest : public ::testing::TestWithParam<decltype(&SafeRead)> {
 protected:
  void SetUp() override {
    pages_ = static_cast<char*>(mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memcpy(pages_ + kPage - 8, "eight by", 8);
    mprotect(pages_ + kPage, kPage, PROT_NONE);
  }
  void TearDown() override { munmap(pages_, 2 * kPage); }
  bool Read(const char* from, size_t bytes) {
    return GetParam()(reinterpret_cast<uintptr_t>(from), out_, bytes);
  }

  char* pages_ = nullptr;
  char out_[16] = {};
};

TEST_P(SafeReadTest, CopiesWhatIsThere) {
  EXPECT_TRUE(Read(pages_ + kPage - 8, 8));
  EXPECT_EQ(memcmp(out_, "eight by", 8), 0);
  EXPECT_TRUE(Read(pages_ + kPage - 1, 1));
}

TEST_P(SafeReadTest, SaysWhatIsNot) {
  EXPECT_FALSE(Read(pages_ + kPage - 8, 9));
  EXPECT_FALSE(Read(pages_ + kPage, 1));
  EXPECT_FALSE(Read(nullptr, 8));
  EXPECT_FALSE(Read(reinterpret_cast<char*>(uintptr_t{1} << 60), 8));
  EXPECT_FALSE(Read(reinterpret_cast<char*>(UINTPTR_MAX - 3), 4));
}

INSTANTIATE_TEST_SUITE_P(BothWays, SafeReadTest,
                         ::testing::Values(&SafeRead,
                                           &internal_safe_read::AskAndCopy));

TEST(SafeReadErrnoTest, IsKept) {
  char out[8];
  errno = E2BIG;
  EXPECT_FALSE(SafeRead(16, out, sizeof(out)));
  EXPECT_EQ(errno, E2BIG);
}

}  // namespace
}  // namespace headroom
