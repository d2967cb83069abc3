#include "fuzz/process/edge_counters.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "fuzz/engine/require.h"
#include "fuzz/process/record.h"

namespace headroom {
namespace {

// libFuzzer reads this section after each input, and clears it before.
[[gnu::used,
  gnu::section(
      "__libfuzzer_extra_counters")]] uint8_t extra_counters[kMostEdges];

struct SharedCounters {
  int file = memfd_create("edges", MFD_CLOEXEC);
  uint8_t* counters = nullptr;

  SharedCounters() {
    Require(file >= 0 && ftruncate(file, kMostEdges) == 0,
            "a file in memory can be made");
    void* const shared =
        mmap(nullptr, kMostEdges, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    Require(shared != MAP_FAILED, "a file in memory can be mapped");
    counters = static_cast<uint8_t*>(shared);
  }
};

const SharedCounters& Shared() {
  static const SharedCounters shared;
  return shared;
}

}  // namespace

int EdgesFile() { return Shared().file; }

void CollectEdges() {
  memcpy(extra_counters, Shared().counters, kMostEdges);
  memset(Shared().counters, 0, kMostEdges);
}

}  // namespace headroom
