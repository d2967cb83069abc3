#include "tests/misuse/crime_table.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace headroom {
namespace {

using Strings = std::vector<std::string>;

TEST(CrimeTable, ReadsALine) {
  const absl::StatusOr<std::vector<Crime>> crimes = ParseCrimes(
      "# a comment\n[a family]\n\nsteal/7 8,24 default yes one text || two\n");
  ASSERT_TRUE(crimes.ok());
  ASSERT_EQ(crimes->size(), 1u);
  const Crime& crime = crimes->front();
  EXPECT_EQ(crime.program, "steal");
  EXPECT_EQ(crime.n, "7");
  EXPECT_EQ(crime.sizes, (Strings{"8", "24"}));
  EXPECT_EQ(crime.options, (Strings{"", "strict=1"}));
  EXPECT_TRUE(crime.names_pointer);
  EXPECT_EQ(crime.texts, (Strings{"one text", "two"}));
}

TEST(CrimeTable, KnowsTheWordsForSizesAndLevels) {
  const absl::StatusOr<std::vector<Crime>> crimes = ParseCrimes(
      "a - strict no text\nb small key=1:other=2 no text\n"
      "c - default-only no text\n");
  ASSERT_TRUE(crimes.ok());
  EXPECT_EQ((*crimes)[0].sizes, Strings{"0"});
  EXPECT_EQ((*crimes)[0].options, Strings{"strict=1"});
  EXPECT_EQ((*crimes)[0].n, "");
  EXPECT_EQ((*crimes)[1].sizes, (Strings{"8", "24", "100", "1000", "5000"}));
  EXPECT_EQ((*crimes)[1].options, Strings{"key=1:other=2"});
  EXPECT_EQ((*crimes)[2].options, Strings{""});
}

TEST(CrimeTable, NamesABadLine) {
  EXPECT_EQ(ParseCrimes("steal all default yes").status().message(),
            "fewer than 5 columns: steal all default yes");
  EXPECT_EQ(ParseCrimes("steal all default maybe text").status().message(),
            "the pointer is neither yes nor no: steal all default maybe text");
}

}  // namespace
}  // namespace headroom
