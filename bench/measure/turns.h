// When a worker has its turn: once, or in slices.
//
// Role: workers on several mallocs measure for some milliseconds by turns, so
//   that whatever disturbs the machine disturbs all of them. A line of standard
//   input begins a turn, its end ends the run; a line of standard output says
//   what was measured in a turn: operations and ns.
// Takes from: standard input. Gives to: worker, replay. Allocates nothing.
#ifndef BENCH_MEASURE_TURNS_H_
#define BENCH_MEASURE_TURNS_H_

#include <cstdint>

namespace headroom {

class Turns {
 public:
  explicit Turns(bool slices) : slices_(slices) {}

  // Whether there is another one. Waits for its line.
  bool Next();
  bool is_first() const { return begun_ == 1; }
  // At the end of a turn.
  void Over(int64_t operations, int64_t ns) const;

 private:
  const bool slices_;
  int begun_ = 0;
};

}  // namespace headroom

#endif  // BENCH_MEASURE_TURNS_H_
