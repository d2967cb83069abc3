// What the heap reported, while a program that is damaged goes on.
//
// Role: the process's listener: notes each report and survives all of them.
//   Damaged metadata, which nobody can survive, ends the process.
// Takes from: base. Gives to: the targets that damage. Not thread-safe.
#ifndef FUZZ_WORLD_REPORT_LOG_H_
#define FUZZ_WORLD_REPORT_LOG_H_

#include <vector>

namespace headroom {

// Forgets all reports.
void ClearReports();

// The pointers that were reported since.
const std::vector<const void*>& Reports();

// Was this one?
bool IsReported(const void* pointer);

}  // namespace headroom

#endif  // FUZZ_WORLD_REPORT_LOG_H_
