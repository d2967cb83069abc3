// What the size class fuzzer knows by itself: the strides, made anew from their
// rule, and every answer it got.
//
// Role: each answer has to be that of the rule, and none may fall where the
//   question rose.
// Takes from: block, front. Gives to: size_classes_operations.
#ifndef FUZZ_SIZE_CLASSES_SIZE_CLASSES_STATE_H_
#define FUZZ_SIZE_CLASSES_SIZE_CLASSES_STATE_H_

#include <cstddef>
#include <cstdint>
#include <map>

#include "allocator/block/size_classes.h"
#include "fuzz/engine/empty_setup.h"

namespace headroom {

class SizeClassesState {
 public:
  explicit SizeClassesState(EmptySetup) {}

  // `bytes` and its neighbours, as far as they are small.
  void CheckSize(size_t bytes);
  // `alignment`: a power of two, at least kBlockAlignment.
  void CheckGoodSize(size_t bytes, size_t alignment);
  void CheckClass(SizeClass size_class);
  void CheckPayload(uint64_t payload);

  void AfterOperation() {}
  void Finish() {}

 private:
  // Questions and answers; both rise.
  using Rising = std::map<size_t, size_t>;

  static void NoteRising(Rising& known, size_t question, size_t answer);
  void CheckSmall(size_t bytes);

  Rising classes_;
  std::map<size_t, Rising> good_sizes_;  // of each alignment
};

}  // namespace headroom

#endif  // FUZZ_SIZE_CLASSES_SIZE_CLASSES_STATE_H_
