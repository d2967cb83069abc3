#include "allocator/measures.h"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "allocator/base/report_writer.h"
#include "allocator/block/size_classes.h"
#include "allocator/system/environment.h"
#include "allocator/system/errno_guard.h"

namespace headroom {
namespace {

// Whoever is no central list.
constexpr int kNoClass = -1;

// The longest piece is a lock's: two numbers and two rows of pairs.
constexpr size_t kPieceBytes = 4096;
constexpr size_t kMostPairBytes = sizeof("[39,18446744073709551615],");
static_assert(2 * DurationCounts::kBuckets * kMostPairBytes + 256 <
              kPieceBytes);

// Text that is sent piece by piece.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  template <typename WritePiece>
  void Send(WritePiece write_piece) const {
    char buffer[kPieceBytes];
    ReportWriter text(buffer, sizeof(buffer));
    write_piece(text);
    WriteAll(buffer, text.size());
  }

 private:
  void WriteAll(const char* from, size_t bytes) const {
    while (bytes > 0) {
      const ssize_t written = write(fd_, from, bytes);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      from += written;
      bytes -= static_cast<size_t>(written);
    }
  }

  const int fd_;
};

void WriteDurations(ReportWriter& text, const DurationCounts& counts) {
  text.Text("[");
  const char* separator = "";
  for (size_t e = 0; e < DurationCounts::kBuckets; ++e) {
    if (counts.buckets[e] == 0) continue;
    text.Text(separator).Text("[").Decimal(e).Text(",");
    text.Decimal(counts.buckets[e]).Text("]");
    separator = ",";
  }
  text.Text("]");
}

void WriteLock(ReportWriter& text, const char* name, int size_class,
               const LockCounts& counts) {
  text.Text("{\"class\":\"").Text(name).Text("\"");
  if (size_class != kNoClass) {
    const auto known = static_cast<SizeClass>(size_class);
    text.Text(",\"size_class\":").Decimal(known);
    text.Text(",\"bytes\":").Decimal(StrideOf(known));
  }
  text.Text(",\"acquisitions\":").Decimal(counts.acquisitions);
  text.Text(",\"contended\":").Decimal(counts.contended);
  text.Text(",\"wait_ns_log2\":");
  WriteDurations(text, counts.wait_ns);
  text.Text(",\"hold_ns_log2\":");
  WriteDurations(text, counts.hold_ns);
  text.Text("}");
}

void WriteTier(ReportWriter& text, const char* name, const HitCounts& counts) {
  text.Text("\"").Text(name).Text("\":{\"hits\":").Decimal(counts.hits);
  text.Text(",\"misses\":").Decimal(counts.misses).Text("}");
}

}  // namespace

// In rank order, as fork takes them.
template <typename Visitor>
void Measures::ForEachLock(Visitor visit) const {
  visit("start", kNoClass, parts_.start_lock);
  visit("thread_registry", kNoClass, parts_.registry.lock_);
  visit("quarantine", kNoClass, parts_.quarantine.lock_);
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    visit("central_free_list", static_cast<int>(i), parts_.central[i].lock_);
  }
  visit("guard_pool", kNoClass, parts_.guards.lock_);
  visit("page_heap", kNoClass, parts_.pages.lock_);
  visit("cell_pool", kNoClass, parts_.cells.lock_);
  visit("metadata_arena", kNoClass, parts_.arena.lock_);
  visit("system_heap", kNoClass, parts_.system.lock_);
  visit("trace_file", kNoClass, parts_.recorder.lock_);
}

HitCounts Measures::CentralTally() const {
  HitCounts counts;
  for (const CentralFreeList& list : parts_.central) {
    counts += list.tally_.counts();
  }
  return counts;
}

void Measures::Write(int fd) const {
  const ErrnoGuard errno_guard;
  const Output out(fd);
  const char* separator = "{\"locks\":[";
  ForEachLock([&](const char* name, int size_class, Lock& lock) {
    const LockCounts counts = lock.counts();
    if (counts.acquisitions == 0) return;
    out.Send([&](ReportWriter& text) {
      text.Text(separator);
      WriteLock(text, name, size_class, counts);
    });
    separator = ",";
  });
  // The registry's lock is taken for its tally, and counted, after all.
  out.Send([&](ReportWriter& text) {
    if (*separator == '{') text.Text(separator);
    text.Text("],\"tiers\":{");
    WriteTier(text, "thread_cache", parts_.registry.tally());
    text.Text(",");
    WriteTier(text, "central", CentralTally());
    text.Text(",");
    WriteTier(text, "page_heap", parts_.pages.tally_.counts());
    text.Text("}}");
  });
}

void Measures::Reset(bool in_child) const {
  parts_.registry.ResetTally(in_child);
  for (CentralFreeList& list : parts_.central) list.tally_.Reset();
  parts_.pages.tally_.Reset();
  ForEachLock(
      [&](const char*, int, Lock& lock) { lock.ResetCounts(in_child); });
}

void Measures::ReadFileName() {
  const size_t bytes =
      ReadEnvironment("HEADROOM_MEASURES", file_name_, sizeof(file_name_));
  // Where it ended is not known of a longer one.
  if (bytes == sizeof(file_name_)) file_name_[0] = 0;
}

void Measures::AppendToFile() const {
  if (file_name_[0] == 0) return;
  const ErrnoGuard errno_guard;
  const int fd =
      open(file_name_, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  // An object is several writes: one process at a time.
  if (fd < 0 || flock(fd, LOCK_EX) != 0) {
    char buffer[kMaxFileName + 64];
    ReportWriter complaint(buffer, sizeof(buffer));
    complaint.Text("headroom: HEADROOM_MEASURES: cannot write to ");
    complaint.Text(file_name_).Text("\n");
    complaint.Flush();
  } else {
    Write(fd);
    Output(fd).Send([](ReportWriter& text) { text.Text("\n"); });
  }
  if (fd >= 0) close(fd);
}

void Measures::HoldCentralLock(size_t bytes, uint32_t microseconds) const {
  if (bytes > kMaxSmallBytes) return;
  const ErrnoGuard errno_guard;
  LockGuard guard(parts_.central[SizeClassFor(bytes)].lock_);
  timespec until = {};
  clock_gettime(CLOCK_MONOTONIC, &until);
  const uint64_t ns =
      static_cast<uint64_t>(until.tv_nsec) + uint64_t{microseconds} * 1000;
  until.tv_sec += static_cast<time_t>(ns / 1000000000);
  until.tv_nsec = static_cast<long>(ns % 1000000000);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) ==
         EINTR) {
  }
}

}  // namespace headroom
