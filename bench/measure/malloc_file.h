// Takes from: dlsym. Gives to: measurement.
#ifndef BENCH_MEASURE_MALLOC_FILE_H_
#define BENCH_MEASURE_MALLOC_FILE_H_

#include <string>

namespace headroom {

// Where the malloc is that this process calls, so that nobody compares a
// library with itself because a preload failed.
std::string MallocFile();

}  // namespace headroom

#endif  // BENCH_MEASURE_MALLOC_FILE_H_
