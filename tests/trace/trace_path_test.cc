#include "allocator/trace/trace_path.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "allocator/base/options.h"
#include "allocator/base/report_writer.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

class TracePathTest : public ::testing::Test {
 protected:
  TracePathTest() {
    std::string name = testing::TempDir() + "/headroom_trace_path.XXXXXX";
    directory_ = std::filesystem::canonical(mkdtemp(name.data()));
    std::filesystem::current_path(directory_);
  }
  ~TracePathTest() override {
    std::filesystem::current_path("/");
    std::filesystem::remove_all(directory_);
  }

  // What becomes of `path`.
  std::string Absolute(const std::string& path) {
    Options options;
    options.trace = path.size();
    memcpy(options.trace_path.text, path.data(), path.size());
    MakeTracePathAbsolute(options, complaints_);
    EXPECT_EQ(strlen(options.trace_path.text), options.trace);
    return options.trace_path.text;
  }

  char buffer_[1024];
  ReportWriter complaints_{buffer_, sizeof(buffer_)};
  std::string directory_;
};

TEST_F(TracePathTest, BeginsWithTheCurrentDirectory) {
  EXPECT_EQ(Absolute("a"), directory_ + "/a");
  EXPECT_EQ(Absolute("../b/c"), directory_ + "/../b/c");
  EXPECT_EQ(complaints_.size(), 0u);
}

TEST_F(TracePathTest, AnAbsoluteOneStaysAndSoDoesNone) {
  EXPECT_EQ(Absolute("/a/b"), "/a/b");
  EXPECT_EQ(Absolute(""), "");
  EXPECT_EQ(complaints_.size(), 0u);
}

TEST_F(TracePathTest, AsLongAsItMayBeAndOneMore) {
  const size_t room = kMostPathBytes - directory_.size() - 1;
  EXPECT_EQ(Absolute(std::string(room, 'x')).size(), kMostPathBytes);
  EXPECT_EQ(complaints_.size(), 0u);
  EXPECT_EQ(Absolute(std::string(room + 1, 'x')), "");
  const std::string said(buffer_, complaints_.size());
  EXPECT_NE(said.find("has 512 bytes, at most 511"), std::string::npos) << said;
}

TEST_F(TracePathTest, StaysWhereTheDirectoryHasNoName) {
  std::filesystem::remove(directory_);
  EXPECT_EQ(Absolute("a"), "a");
  EXPECT_EQ(complaints_.size(), 0u);
}

}  // namespace
}  // namespace headroom
