// What glibc's malloc tells about itself, told about this heap.
//
// Role: mallinfo, mallinfo2, malloc_info, malloc_stats, malloc_trim, mallopt.
// Takes from: allocator.h (HeapStats). Gives to: the program.
// Thread-safety: all. The numbers are collected first and printed after, with
//   no lock of the heap held: stdio may allocate.
// Source: mallinfo(3), malloc_info(3), malloc_stats(3), malloc_trim(3).
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>

#include "allocator/allocator.h"
#include "allocator/override/export.h"

namespace {

using headroom::HeapStats;
using headroom::ProcessHeapStats;

// The fields keep glibc's equation arena == uordblks + fordblks.
struct mallinfo2 Mallinfo(const HeapStats& stats) {
  struct mallinfo2 info = {};
  info.arena = stats.heap_bytes;      // pages of spans, from sbrk mostly
  info.hblks = stats.mapping_count;   // blocks in mappings of their own
  info.hblkhd = stats.mapping_bytes;  // their bytes
  info.fsmblks = stats.small_cached;  // free in the threads' caches
  info.uordblks = stats.small_live + stats.large_live;  // in use, with headers
  info.fordblks = stats.free_bytes();                   // the rest of arena
  info.keepcost = stats.free_dirty;  // free pages malloc_trim can release
  // ordblks and smblks stay 0: free memory is counted in bytes, not chunks.
  return info;
}

// What is free outside the threads' caches.
uint64_t RestBytes(const HeapStats& stats) {
  return stats.small_central + stats.small_uncut + stats.free_dirty +
         stats.free_clean;
}

// mallinfo's fields are int: what does not fit says "at least so much".
int Saturate(size_t value) {
  return value > INT_MAX ? INT_MAX : static_cast<int>(value);
}

struct mallinfo Narrow(const struct mallinfo2& wide) {
  struct mallinfo info = {};
  info.arena = Saturate(wide.arena);
  info.hblks = Saturate(wide.hblks);
  info.hblkhd = Saturate(wide.hblkhd);
  info.fsmblks = Saturate(wide.fsmblks);
  info.uordblks = Saturate(wide.uordblks);
  info.fordblks = Saturate(wide.fordblks);
  info.keepcost = Saturate(wide.keepcost);
  return info;
}

// One line of text per number, for write(2).
class Report {
 public:
  void Add(const char* name, uint64_t value) {
    const int added = snprintf(text_ + size_, sizeof(text_) - size_,
                               "%-24s= %16ju\n", name, uintmax_t{value});
    if (added > 0) size_ += static_cast<size_t>(added);
  }
  void WriteToStandardError() const {
    for (size_t done = 0; done < size_;) {
      const ssize_t n = write(STDERR_FILENO, text_ + done, size_ - done);
      if (n <= 0) return;
      done += static_cast<size_t>(n);
    }
  }

 private:
  char text_[1024];  // ten lines of 43
  size_t size_ = 0;
};

}  // namespace

extern "C" {

HEADROOM_EXPORT struct mallinfo2 mallinfo2() noexcept {
  return Mallinfo(ProcessHeapStats());
}

HEADROOM_EXPORT struct mallinfo mallinfo() noexcept {
  return Narrow(Mallinfo(ProcessHeapStats()));
}

// glibc's document, with this heap's numbers: type "fast" is free in thread
// caches, "rest" is free elsewhere, "mmap" is blocks in their own mappings.
HEADROOM_EXPORT int malloc_info(int options, FILE* stream) noexcept {
  if (options != 0) {
    errno = EINVAL;
    return -1;
  }
  const HeapStats stats = ProcessHeapStats();
  const int written = fprintf(
      stream,
      "<malloc version=\"1\">\n"
      "<total type=\"fast\" size=\"%ju\"/>\n"
      "<total type=\"rest\" size=\"%ju\"/>\n"
      "<total type=\"mmap\" count=\"%ju\" size=\"%ju\"/>\n"
      "<system type=\"current\" size=\"%ju\"/>\n"
      "<headroom live=\"%ju\" central=\"%ju\" uncut=\"%ju\" dirty=\"%ju\" "
      "clean=\"%ju\" metadata=\"%ju\" threads=\"%ju\"/>\n"
      "</malloc>\n",
      uintmax_t{stats.small_cached}, uintmax_t{RestBytes(stats)},
      uintmax_t{stats.mapping_count}, uintmax_t{stats.mapping_bytes},
      uintmax_t{stats.heap_bytes}, uintmax_t{stats.live_bytes()},
      uintmax_t{stats.small_central}, uintmax_t{stats.small_uncut},
      uintmax_t{stats.free_dirty}, uintmax_t{stats.free_clean},
      uintmax_t{stats.metadata_bytes}, uintmax_t{stats.thread_caches});
  return written < 0 ? -1 : 0;
}

HEADROOM_EXPORT void malloc_stats() noexcept {
  const HeapStats stats = ProcessHeapStats();
  Report report;
  report.Add("system bytes",
             stats.heap_bytes + stats.mapping_bytes + stats.kept_bytes);
  report.Add("in use bytes", stats.live_bytes());
  report.Add("free in thread caches", stats.small_cached);
  report.Add("free in central lists", stats.small_central);
  report.Add("never cut", stats.small_uncut);
  report.Add("free pages, backed", stats.free_dirty);
  report.Add("free pages, released", stats.free_clean);
  report.Add("mapped blocks", stats.mapping_count);
  report.Add("mapped bytes", stats.mapping_bytes);
  report.Add("kept of mapped blocks", stats.kept_bytes);
  report.Add("metadata bytes", stats.metadata_bytes);
  report.WriteToStandardError();
}

// 1 when pages went back to the kernel. `pad` bytes of free pages may stay.
HEADROOM_EXPORT int malloc_trim(size_t pad) noexcept {
  // Releases nothing, but turns idle blocks into free pages.
  size_t released = headroom::ReleaseProcessMemory(0);
  const uint64_t dirty = ProcessHeapStats().free_dirty;
  if (dirty > pad) released += headroom::ReleaseProcessMemory(dirty - pad);
  return released > 0 ? 1 : 0;
}

// No parameter of glibc's heap has a counterpart here, so none can be set.
HEADROOM_EXPORT int mallopt(int, int) noexcept { return 0; }

// libc.so exports these two as well.
HEADROOM_EXPORT struct mallinfo __libc_mallinfo() noexcept {
  return Narrow(Mallinfo(ProcessHeapStats()));
}
HEADROOM_EXPORT int __libc_mallopt(int parameter, int value) noexcept {
  return mallopt(parameter, value);
}

}  // extern "C"
