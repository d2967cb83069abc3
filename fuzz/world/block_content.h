// What a block's owner writes to it, and looks for.
//
// Role: every byte of blocks up to kWholeBytes, and as much at both ends of
//   larger ones: a block that is handed out twice, moved badly or written to by
//   anybody else shows.
// Takes from: require. Gives to: the targets' models. Thread-safe.
#ifndef FUZZ_WORLD_BLOCK_CONTENT_H_
#define FUZZ_WORLD_BLOCK_CONTENT_H_

#include <cstddef>
#include <cstdint>

namespace headroom {

inline constexpr size_t kWholeBytes = 64 * 1024;

// No two seeds' contents are alike.
void WriteContent(char* block, size_t bytes, uint8_t seed);

// Does `start` still hold what was written to a block of `bytes` bytes, as far
// as the first `kept` bytes of it go? `start` may be another place.
void CheckContent(const char* start, size_t bytes, uint8_t seed, size_t kept);

}  // namespace headroom

#endif  // FUZZ_WORLD_BLOCK_CONTENT_H_
