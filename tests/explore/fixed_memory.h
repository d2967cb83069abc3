// Memory at the same addresses in every run.
//
// Gives to: explorer (calls), libc_hooks (does).
#ifndef HEADROOM_TESTS_EXPLORE_FIXED_MEMORY_H_
#define HEADROOM_TESTS_EXPLORE_FIXED_MEMORY_H_

namespace headroom::explore {

// The next run's mappings begin again at the first address. The last run's
// have been unmapped.
void ReuseMappings();

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_FIXED_MEMORY_H_
