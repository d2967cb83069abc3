#include "fuzz/world/report_log.h"

#include <algorithm>

#include "allocator/base/misuse.h"

namespace headroom {
namespace {

class Listener final : public MisuseListener {
 public:
  void Describe(Misuse, const void* pointer, const void*,
                ReportWriter&) const override {
    pointers.push_back(pointer);
  }
  bool MayContinue() const override { return true; }

  mutable std::vector<const void*> pointers;
};

Listener& TheListener() {
  static Listener listener;
  return listener;
}

}  // namespace

const MisuseListener* ProcessMisuseListener() { return &TheListener(); }

void ClearReports() { TheListener().pointers.clear(); }

const std::vector<const void*>& Reports() { return TheListener().pointers; }

bool IsReported(const void* pointer) {
  return std::ranges::find(Reports(), pointer) != Reports().end();
}

}  // namespace headroom
