// An array of zeroes from mmap, so that what the benchmark keeps for itself is
// not in the heap it measures, and pages it never writes are not in its RSS.
// Takes from: the operating system. Gives to: run_pattern,
// measurement, replay.
#ifndef BENCH_MEASURE_MAPPED_ARRAY_H_
#define BENCH_MEASURE_MAPPED_ARRAY_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <type_traits>

namespace headroom {

template <typename T>
class MappedArray {
  static_assert(std::is_trivially_default_constructible_v<T> &&
                std::is_trivially_destructible_v<T>);

 public:
  explicit MappedArray(size_t size) : size_(size) {
    void* memory = mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      std::perror("bench_worker: mmap");
      std::exit(1);
    }
    values_ = static_cast<T*>(memory);
  }
  ~MappedArray() { munmap(values_, size_ * sizeof(T)); }
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;

  size_t size() const { return size_; }
  T& operator[](size_t i) { return values_[i]; }
  T* begin() { return values_; }
  T* end() { return values_ + size_; }

 private:
  T* values_;
  size_t size_;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_MAPPED_ARRAY_H_
