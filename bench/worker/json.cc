#include "bench/worker/json.h"

#include <string>

#include "bench/measure/json_text.h"
#include "bench/workloads/workload.h"

namespace headroom {

std::string WorkloadJson(const Workload& workload) {
  Json json;
  json.Text("name", workload.name);
  json.Text("about", workload.about);
  json.Text("source", workload.source);
  json.Text("pattern", workload.pattern);
  json.Flag("quick", workload.quick);
  if (workload.most_threads == 0) {
    json.Raw("most_threads", "null");
  } else {
    json.Number("most_threads", workload.most_threads);
  }
  json.Number("least_threads", workload.least_threads);
  return json.Object();
}

}  // namespace headroom
