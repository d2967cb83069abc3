// The histograms of a meter as JSON.
// Takes from: latency_meter, json_text. Gives to: measurement.
#ifndef BENCH_MEASURE_LATENCY_JSON_H_
#define BENCH_MEASURE_LATENCY_JSON_H_

#include <string>

#include "bench/measure/latency_meter.h"

namespace headroom {

std::string LatencyJson(const LatencyMeter& meter, double ns_per_tick);

}  // namespace headroom

#endif  // BENCH_MEASURE_LATENCY_JSON_H_
