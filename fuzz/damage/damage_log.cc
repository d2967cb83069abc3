#include "fuzz/damage/damage_log.h"

#include <algorithm>
#include <vector>

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

bool IsReported(const void* pointer) {
  return std::ranges::find(TheListener().pointers, pointer) !=
         TheListener().pointers.end();
}

}  // namespace headroom
