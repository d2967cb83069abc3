// mallinfo, mallinfo2, malloc_info, malloc_stats, malloc_trim and mallopt tell
// the truth: what they say follows known allocations.
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"
#include "tests/override/resident.h"

namespace headroom {
namespace {

constexpr size_t kMapping = 64 << 20;

std::vector<void*> Allocate(size_t count, size_t bytes) {
  std::vector<void*> blocks(count);
  for (void*& block : blocks) {
    block = Opaque(malloc(bytes));
    Fill(block, bytes, 1);
  }
  return blocks;
}

void Free(const std::vector<void*>& blocks) {
  for (void* block : blocks) free(block);
}

TEST(Mallinfo2Test, FollowsKnownAllocations) {
  std::vector<void*> blocks(2000);
  const struct mallinfo2 before = mallinfo2();
  for (void*& block : blocks) block = Opaque(malloc(500));
  void* mapping = Opaque(malloc(kMapping));
  const struct mallinfo2 during = mallinfo2();
  const size_t in_use = 2000 * (malloc_usable_size(blocks[0]) + 8);
  EXPECT_EQ(during.uordblks, before.uordblks + in_use);
  EXPECT_EQ(during.hblks, before.hblks + 1);
  EXPECT_GE(during.hblkhd, before.hblkhd + kMapping);
  EXPECT_LE(during.hblkhd, before.hblkhd + kMapping + 16384);
  Free(blocks);
  free(mapping);
  const struct mallinfo2 after = mallinfo2();
  EXPECT_EQ(after.uordblks, before.uordblks);
  EXPECT_EQ(after.hblks, before.hblks);
  EXPECT_EQ(after.hblkhd, before.hblkhd);
}

TEST(Mallinfo2Test, KeepsGlibcsEquation) {
  const struct mallinfo2 info = mallinfo2();
  EXPECT_GT(info.arena, 0u);
  EXPECT_GT(info.uordblks, 0u);
  EXPECT_EQ(info.arena, info.uordblks + info.fordblks);
  EXPECT_LE(info.keepcost, info.fordblks);
  EXPECT_LE(info.fsmblks, info.fordblks);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TEST(MallinfoTest, IsMallinfo2UntilItDoesNotFit) {
  const struct mallinfo2 wide = mallinfo2();
  const struct mallinfo narrow = mallinfo();
  EXPECT_EQ(static_cast<size_t>(narrow.arena), wide.arena);
  EXPECT_EQ(static_cast<size_t>(narrow.uordblks), wide.uordblks);
  EXPECT_EQ(static_cast<size_t>(narrow.fordblks), wide.fordblks);
  EXPECT_EQ(static_cast<size_t>(narrow.fsmblks), wide.fsmblks);
  EXPECT_EQ(static_cast<size_t>(narrow.hblks), wide.hblks);
  EXPECT_EQ(static_cast<size_t>(narrow.keepcost), wide.keepcost);
  void* huge = Opaque(malloc(size_t{3} << 30));
  ASSERT_NE(huge, nullptr);
  EXPECT_EQ(mallinfo().hblkhd, INT_MAX);
  free(huge);
}
#pragma GCC diagnostic pop

std::string MallocInfo() {
  char* text = nullptr;
  size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  EXPECT_EQ(malloc_info(0, stream), 0);
  fclose(stream);
  std::string document(text, size);
  free(text);
  return document;
}

// Every tag is closed, in order; attributes are quoted.
bool IsWellFormed(std::string document) {
  const std::string attributes = R"re((\s+[a-z]+="[^"<&]*")*\s*)re";
  const std::regex innermost("<([a-z]+)" + attributes + "(/>|>\\s*</\\1>)\\s*");
  std::string shorter = std::regex_replace(document, innermost, "");
  while (shorter != document) {
    document = shorter;
    shorter = std::regex_replace(document, innermost, "");
  }
  return document.empty();
}

uint64_t Attribute(const std::string& document, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(document, match, std::regex(pattern))) {
    ADD_FAILURE() << pattern << " not in " << document;
    return 0;
  }
  return std::stoull(match[1]);
}

TEST(MallocInfoTest, IsXmlThatSaysWhatIsThere) {
  void* mapping = Opaque(malloc(kMapping));
  const std::string document = MallocInfo();
  EXPECT_TRUE(IsWellFormed(document)) << document;
  EXPECT_FALSE(IsWellFormed(document + "<a>"));
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  EXPECT_GE(Attribute(document, R"re(type="mmap" count="(\d+)")re"), 1u);
  EXPECT_EQ(Attribute(document, R"re(type="mmap" count="\d+" size="(\d+)")re"),
            stats.mapping_bytes);
  EXPECT_EQ(Attribute(document, R"re(system type="current" size="(\d+)")re"),
            stats.heap_bytes);
  EXPECT_EQ(Attribute(document, R"re(threads="(\d+)")re"),
            stats.thread_cache_count);
  EXPECT_GE(Attribute(document, R"re(live="(\d+)")re"), kMapping);
  EXPECT_EQ(Attribute(document, R"re(type="fast" size="(\d+)")re") +
                Attribute(document, R"re(type="rest" size="(\d+)")re") +
                Attribute(document, R"re(live="(\d+)")re") -
                stats.mapping_bytes,
            stats.heap_bytes);
  free(mapping);
}

TEST(MallocInfoTest, RefusesOptions) {
  errno = 0;
  EXPECT_EQ(malloc_info(1, stdout), -1);
  EXPECT_EQ(errno, EINVAL);
}

// What `body` writes to the file descriptor 2.
template <typename Body>
std::string StandardErrorOf(Body body) {
  FILE* file = tmpfile();
  const int kept = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  body();
  dup2(kept, STDERR_FILENO);
  close(kept);
  rewind(file);
  std::string text(10000, '\0');
  text.resize(fread(text.data(), 1, text.size(), file));
  fclose(file);
  return text;
}

TEST(MallocStatsTest, PrintsToStandardError) {
  void* mapping = Opaque(malloc(kMapping));
  const std::string text = StandardErrorOf([] { malloc_stats(); });
  EXPECT_GE(Attribute(text, R"(system bytes\s*=\s*(\d+)\n)"), kMapping);
  EXPECT_GE(Attribute(text, R"(in use bytes\s*=\s*(\d+)\n)"), kMapping);
  EXPECT_GE(Attribute(text, R"(mapped bytes\s*=\s*(\d+)\n)"), kMapping);
  EXPECT_GT(Attribute(text, R"(metadata bytes\s*=\s*(\d+)\n)"), 0u);
  free(mapping);
}

TEST(MallocTrimTest, LowersResidentMemory) {
  Free(Allocate(50000, 2000));
  const size_t before = ResidentBytes();
  const int trimmed = malloc_trim(0);
  const size_t after = ResidentBytes();
  EXPECT_EQ(trimmed, 1);
  EXPECT_LT(after + (20 << 20), before);
  EXPECT_EQ(mallinfo2().keepcost, 0u);
}

TEST(MallocTrimTest, SaysWhenThereIsNothingToRelease) {
  malloc_trim(0);
  EXPECT_EQ(malloc_trim(0), 0);
}

TEST(MallocTrimTest, KeepsThePad) {
  malloc_trim(0);
  Free(Allocate(20000, 2000));
  headroom_release_memory(0);
  ASSERT_GT(mallinfo2().keepcost, 16u << 20);
  EXPECT_EQ(malloc_trim(SIZE_MAX), 0);
  malloc_trim(8 << 20);
  EXPECT_LE(mallinfo2().keepcost, 8u << 20);
  EXPECT_GE(mallinfo2().keepcost, 4u << 20);
  malloc_trim(0);
  EXPECT_EQ(mallinfo2().keepcost, 0u);
}

TEST(MalloptTest, RefusesWhatItCannotDo) {
  EXPECT_EQ(mallopt(M_MMAP_THRESHOLD, 1 << 20), 0);
  EXPECT_EQ(mallopt(M_ARENA_MAX, 1), 0);
  EXPECT_EQ(mallopt(12345, 1), 0);
}

}  // namespace
}  // namespace headroom
