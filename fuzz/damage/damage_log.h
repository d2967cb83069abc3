// What the heap reported, while a program that is damaged goes on.
//
// Role: the process's listener: notes each report and survives all of them.
//   Damaged metadata, which nobody can survive, ends the process.
// Takes from: base. Gives to: damage_state. Not thread-safe.
#ifndef FUZZ_DAMAGE_DAMAGE_LOG_H_
#define FUZZ_DAMAGE_DAMAGE_LOG_H_

namespace headroom {

// Forgets all reports.
void ClearReports();

// Was this pointer reported since?
bool IsReported(const void* pointer);

}  // namespace headroom

#endif  // FUZZ_DAMAGE_DAMAGE_LOG_H_
