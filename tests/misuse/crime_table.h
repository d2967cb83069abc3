// Reads crimes.txt: what each crime must end in.
// Gives to: misuse_test. compare_peers.py reads the same file for itself.
#ifndef HEADROOM_TESTS_MISUSE_CRIME_TABLE_H_
#define HEADROOM_TESTS_MISUSE_CRIME_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace headroom {

// One line of the table: one program with one second argument.
struct Crime {
  std::string program;
  std::string n;                     // Empty: no second argument.
  std::vector<std::string> sizes;    // {"0"} if the size plays no part.
  std::vector<std::string> options;  // HEADROOM_OPTIONS, each to be run with.
  bool names_pointer = false;
  std::vector<std::string> texts;  // One of these.
};

// An error names the line.
absl::StatusOr<std::vector<Crime>> ParseCrimes(absl::string_view table);

}  // namespace headroom

#endif  // HEADROOM_TESTS_MISUSE_CRIME_TABLE_H_
