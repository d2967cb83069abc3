// What a piece of a report writes, as a string.
#ifndef HEADROOM_TESTS_REPORT_TEXT_OF_H_
#define HEADROOM_TESTS_REPORT_TEXT_OF_H_

#include <memory>
#include <string>

#include "allocator/base/report_writer.h"

namespace headroom {

// `body` writes less than 64 KiB, all of it through the writer it is given,
// and does not flush.
template <typename Body>
std::string TextOf(Body body) {
  constexpr size_t kCapacity = 65536;
  const auto buffer = std::make_unique<char[]>(kCapacity);
  ReportWriter writer(buffer.get(), kCapacity);
  body(writer);
  return buffer.get();
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_REPORT_TEXT_OF_H_
