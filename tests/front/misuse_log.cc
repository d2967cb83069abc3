#include "tests/front/misuse_log.h"

namespace headroom {
namespace {

// No more than counts: Describe runs in the middle of the heap.
class Listener final : public MisuseListener {
 public:
  void Describe(Misuse misuse, const void* pointer, const void*,
                ReportWriter&) const override {
    ++count;
    last = misuse;
    last_pointer = pointer;
  }
  bool MayContinue() const override { return is_on; }

  bool is_on = false;
  mutable size_t count = 0;
  mutable Misuse last = Misuse::kInternal;
  mutable const void* last_pointer = nullptr;
};

constinit Listener listener;

}  // namespace

const MisuseListener* ProcessMisuseListener() { return &listener; }

MisuseLog::MisuseLog() {
  listener.is_on = true;
  listener.count = 0;
}

MisuseLog::~MisuseLog() { listener.is_on = false; }

size_t MisuseLog::Count() {
  const size_t count = listener.count;
  listener.count = 0;
  return count;
}

std::string MisuseLog::Take() {
  const size_t count = Count();
  if (count == 0) return "";
  if (count == 1) return MisuseText(listener.last);
  return std::to_string(count) + " reports";
}

const void* MisuseLog::pointer() const { return listener.last_pointer; }

}  // namespace headroom
