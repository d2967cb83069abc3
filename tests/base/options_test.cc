#include "allocator/base/options.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace headroom {
namespace {

// Collects what a ReportWriter would write; the buffer is larger than any.
struct Collector {
  char buffer[8192] = {};
  ReportWriter writer{buffer, sizeof(buffer)};
  std::string text() const { return buffer; }
};

struct Parsed {
  Options options;
  std::string complaints;
};

Parsed Parse(std::string_view text) {
  Collector collector;
  const Options options =
      ParseOptions(text.data(), text.size(), collector.writer);
  return {options, collector.text()};
}

TEST(OptionsTest, NothingSaidIsTheDefault) {
  EXPECT_EQ(Parse("").options, Options());
  EXPECT_EQ(Parse(":::").options, Options());
  EXPECT_EQ(Parse(":::").complaints, "");
}

TEST(OptionsTest, EveryFieldHasOneRow) {
  std::set<std::string> names;
  Options touched;
  for (const OptionRow& row : kOptions) {
    EXPECT_TRUE(names.insert(row.name).second);
    EXPECT_LE(Options().*row.value, row.most);
    EXPECT_LE(row.strict_value, row.most);
    touched.*row.value = names.size();
  }
  uint64_t n = 0;
  for (const OptionRow& row : kOptions) EXPECT_EQ(touched.*row.value, ++n);
}

TEST(OptionsTest, EveryKeyIsRead) {
  const Options options =
      Parse(
          "zero_on_free=1:verify_on_reuse=sampled:tail_canary=true:"
          "quarantine=64k:check_origin=on:guard_pages=yes:zero_size_page=1:"
          "sample_every=17:on_misuse=report:crash_handler=0:protect_large=off:"
          "keep_large=3m:trace=/tmp/a=b:help=1")
          .options;
  EXPECT_EQ(options.strict, 0u);
  EXPECT_EQ(options.zero_on_free, 1u);
  EXPECT_EQ(options.verify_on_reuse, kVerifySampled);
  EXPECT_EQ(options.tail_canary, 1u);
  EXPECT_EQ(options.quarantine, 65536u);
  EXPECT_EQ(options.check_origin, 1u);
  EXPECT_EQ(options.guard_pages, 1u);
  EXPECT_EQ(options.zero_size_page, 1u);
  EXPECT_EQ(options.sample_every, 17u);
  EXPECT_EQ(options.on_misuse, kMisuseReports);
  EXPECT_EQ(options.crash_handler, 0u);
  EXPECT_EQ(options.protect_large, 0u);
  EXPECT_EQ(options.keep_large, uint64_t{3} << 20);
  EXPECT_EQ(options.trace, 8u);
  EXPECT_STREQ(options.trace_path.text, "/tmp/a=b");
  EXPECT_EQ(options.help, 1u);
}

TEST(OptionsTest, APathStandsAsItIs) {
  const std::string longest(kMostPathBytes, 'x');
  EXPECT_EQ(Parse("trace=" + longest).options.trace_path.text, longest);
  // Nothing is left of the longer one; an empty one is none.
  const Options two = Parse("trace=longer:trace=two").options;
  EXPECT_EQ(two, Parse("trace=two").options);
  EXPECT_EQ(Parse("trace=longer:trace=").options, Options());
  EXPECT_EQ(Parse("strict=1:trace=two").options.trace, 3u);
  EXPECT_EQ(Parse("strict=1").options.trace, 0u);

  const Parsed with_zero = Parse(std::string_view("trace=a\0b", 9));
  EXPECT_EQ(with_zero.options, Options());
  EXPECT_NE(with_zero.complaints, "");
  const Parsed too_long = Parse("trace=" + longest + "x");
  EXPECT_EQ(too_long.options, Options());
  EXPECT_NE(too_long.complaints.find("' is ignored: trace is a file's path, at "
                                     "most 511 bytes\n"),
            std::string::npos)
      << too_long.complaints;
}

TEST(OptionsTest, StrictSetsWhatWasNotNamed) {
  const Options strict = Parse("strict=1").options;
  EXPECT_EQ(strict.zero_on_free, 1u);
  EXPECT_EQ(strict.verify_on_reuse, kVerifyComplete);
  EXPECT_EQ(strict.tail_canary, 1u);
  EXPECT_EQ(strict.quarantine, uint64_t{1} << 20);
  EXPECT_EQ(strict.check_origin, 1u);
  EXPECT_EQ(strict.guard_pages, 1u);
  EXPECT_EQ(strict.zero_size_page, 1u);
  EXPECT_EQ(strict.sample_every, Options().sample_every);
  EXPECT_EQ(strict.on_misuse, kMisuseAborts);
  EXPECT_EQ(strict.help, 0u);

  const Options less = Parse("strict=1:quarantine=0").options;
  EXPECT_EQ(less.quarantine, 0u);
  EXPECT_EQ(less.zero_on_free, 1u);
  EXPECT_EQ(less, Parse("quarantine=0:strict=1").options);
  EXPECT_EQ(Parse("strict=0").options, Options());
}

TEST(OptionsTest, TheLastOfTwoCounts) {
  EXPECT_EQ(Parse("sample_every=1:sample_every=2").options.sample_every, 2u);
  EXPECT_EQ(Parse("strict=1:strict=0").options, Options());
}

TEST(OptionsTest, Bytes) {
  EXPECT_EQ(Parse("quarantine=1000").options.quarantine, 1000u);
  EXPECT_EQ(Parse("quarantine=3K").options.quarantine, 3072u);
  EXPECT_EQ(Parse("quarantine=2m").options.quarantine, 2u << 20);
  EXPECT_EQ(Parse("quarantine=1g").options.quarantine, 1u << 30);
}

TEST(OptionsTest, WhatIsWrongCostsASentenceAndNoMore) {
  const Parsed parsed =
      Parse("quarantin=1:tail_canary=1:zero_on_free=2:on_misuse=ignore:help");
  EXPECT_EQ(parsed.complaints,
            "headroom: HEADROOM_OPTIONS: 'quarantin=1' is ignored: "
            "there is no such option; help=1 lists them\n"
            "headroom: HEADROOM_OPTIONS: 'zero_on_free=2' is ignored: "
            "zero_on_free is 0 or 1\n"
            "headroom: HEADROOM_OPTIONS: 'on_misuse=ignore' is ignored: "
            "on_misuse is abort or report\n"
            "headroom: HEADROOM_OPTIONS: 'help' is ignored: help is 0 or 1\n");
  Options expected;
  expected.tail_canary = 1;
  EXPECT_EQ(parsed.options, expected);
}

TEST(OptionsTest, NumbersOutOfRangeAreRefused) {
  for (const char* wrong :
       {"sample_every=", "sample_every=-1", "sample_every=1k",
        "sample_every=1000000001", "sample_every=18446744073709551616",
        "sample_every= 1", "quarantine=k", "quarantine=1t", "quarantine=1kk",
        "quarantine=1025g", "quarantine=18446744073709551615g", "=", "strict",
        "verify_on_reuse=", "verify_on_reuse=off|sampled"}) {
    const Parsed parsed = Parse(wrong);
    EXPECT_EQ(parsed.options, Options()) << wrong;
    EXPECT_NE(parsed.complaints, "") << wrong;
  }
  EXPECT_EQ(Parse("quarantine=1024g").complaints, "");
  EXPECT_EQ(Parse("verify_on_reuse=").complaints,
            "headroom: HEADROOM_OPTIONS: 'verify_on_reuse=' is ignored: "
            "verify_on_reuse is off, sampled or complete\n");
}

TEST(OptionsTest, ThePageShowsTheTable) {
  Collector table;
  WriteOptionsHelp(table.writer);
  std::ifstream file("docs/options.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_NE(page.str().find("\n" + table.text() + "\n"), std::string::npos)
      << table.text();
}

}  // namespace
}  // namespace headroom
