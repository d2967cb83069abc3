// Keys for tests: the same for the same seed.
//
// Takes from: block_header. Gives to: tests and fuzzers.
#ifndef HEADROOM_TESTS_BLOCK_TEST_KEYS_H_
#define HEADROOM_TESTS_BLOCK_TEST_KEYS_H_

#include <cstdint>
#include <random>

#include "allocator/block/block_header.h"

namespace headroom {

inline SealKeys TestKeys(uint64_t seed, bool hits_allowed = true) {
  std::mt19937_64 random(seed);
  SealKeys keys;
  keys.address = random();
  keys.tail = random();
  for (SealKeys::Hot& key : keys.hot) {
    key = {random(), random(), random(), random()};
  }
  for (SealKeys::Cold& key : keys.cold) key = {random(), random(), {}};
  FinishSealKeys(keys, hits_allowed);
  return keys;
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_BLOCK_TEST_KEYS_H_
