#include "fuzz/block_header/block_header_state.h"

#include <bit>
#include <cstring>

#include "fuzz/engine/require.h"
#include "tests/block/test_keys.h"

namespace headroom {
namespace {

constexpr State kAllStates[kStates] = {State::kLive,    State::kFree,
                                       State::kInSpan,  State::kQuarantined,
                                       State::kHitLive, State::kHitFree};

// What user space has.
constexpr uintptr_t kAddressMask = (uintptr_t{1} << 47) - 1;

uint64_t LowPart(uint64_t word) {
  return word & ((uint64_t{1} << kPayloadBits) - 1);
}

}  // namespace

BlockHeaderState::BlockHeaderState(const KeySetup& setup)
    : keys_(TestKeys(setup.seed, setup.hits_allowed)),
      hits_allowed_(setup.hits_allowed) {}

const uint64_t& BlockHeaderState::KeyOf(State state) const {
  switch (state) {
    case State::kLive:
      return keys_.live();
    case State::kFree:
      return keys_.free();
    case State::kInSpan:
      return keys_.in_span();
    case State::kQuarantined:
      return keys_.quarantined();
    case State::kHitLive:
      return keys_.hit_live();
    case State::kHitFree:
      return keys_.hit_free();
  }
  return keys_.live();
}

uint64_t BlockHeaderState::ReferenceWord(uintptr_t address, State state,
                                         uint64_t payload) const {
  const size_t slot = payload / SealKeys::kPayloadStep;
  const SealKeys::Hot& hot = keys_.hot[slot];
  const SealKeys::Cold& cold = keys_.cold[slot];
  const uint64_t keys[kStates] = {hot.live,         hot.free,     cold.in_span,
                                  cold.quarantined, hot.hit_live, hot.hit_free};
  const auto product =
      static_cast<unsigned __int128>((address + 1) * keys_.address) *
      keys[static_cast<size_t>(state)];
  const uint64_t folded =
      static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  return (folded - LowPart(folded)) | payload;
}

void BlockHeaderState::CheckWord(uintptr_t address, State state, uint64_t word,
                                 bool genuine) const {
  const BlockSeal seal(keys_, reinterpret_cast<const void*>(address));
  const uint64_t& key = KeyOf(state);
  Require(seal.Is(key, word) == genuine, "a word opens iff it was sealed so");
  Require(seal.Is(key, PayloadOf(word), word) == genuine,
          "a word opens as what it shows");
  if (!genuine) return;
  for (uint64_t slot = 0; slot < SealKeys::kPayloads; ++slot) {
    const uint64_t payload = slot * SealKeys::kPayloadStep;
    Require(seal.Is(key, payload, word) == (payload == LowPart(word)),
            "a word opens as nothing else");
  }
}

void BlockHeaderState::Seal(uintptr_t address, State state, uint32_t slot) {
  address = AlignDown(address & kAddressMask, kBlockAlignment);
  const uint64_t payload =
      uint64_t{slot % SealKeys::kPayloads} * SealKeys::kPayloadStep;
  const BlockSeal seal(keys_, reinterpret_cast<const void*>(address));
  const uint64_t word = seal.Seal(KeyOf(state), payload);
  Require(word == ReferenceWord(address, state, payload),
          "a seal is what the rule says");
  Require(LowPart(word) == payload && PayloadOf(word) == payload,
          "a word shows its payload");
  CheckWord(address, state, word, /*genuine=*/true);
  const bool says_freed = SaysFreed(keys_, seal, word);
  Require(says_freed == (state == State::kFree || state == State::kInSpan ||
                         state == State::kQuarantined ||
                         (state == State::kHitFree && hits_allowed_)),
          "what was freed says so, and nothing else");
  known_.push_back({address, state, word});
  if (!hits_allowed_) return;
  if (state == State::kLive) known_.push_back({address, State::kHitLive, word});
  if (state == State::kFree) known_.push_back({address, State::kHitFree, word});
  if (state == State::kHitLive) known_.push_back({address, State::kLive, word});
  if (state == State::kHitFree) known_.push_back({address, State::kFree, word});
}

void BlockHeaderState::TryAny(uintptr_t address, State state, uint64_t word) {
  address &= kAddressMask;
  CheckWord(address, state, word,
            word == ReferenceWord(address, state, PayloadOf(word)));
}

void BlockHeaderState::TryForgery(uintptr_t address, uint64_t word) const {
  for (const State state : kAllStates) {
    bool genuine = false;
    for (const Known& known : known_) {
      genuine |= known.address == address && known.state == state &&
                 known.word == word;
    }
    CheckWord(address, state, word, genuine);
  }
}

void BlockHeaderState::Flip(size_t index, uint32_t first_bit,
                            uint32_t second_bit) {
  if (known_.empty()) return;
  const Known& known = at(index);
  // The same bit twice: one flip.
  const uint64_t mask = uint64_t{1} << first_bit % 64 | uint64_t{1}
                                                            << second_bit % 64;
  TryForgery(known.address, known.word ^ mask);
}

void BlockHeaderState::Replay(size_t index, size_t place, State state) {
  if (known_.empty()) return;
  const uint64_t word = at(index).word;
  TryForgery(at(place).address, word);
  // At its own block's neighbours, too.
  for (const uintptr_t distance : {16u, 32u, 4096u}) {
    TryForgery(at(index).address + distance, word);
  }
  // With the payload of another slot.
  TryForgery(at(index).address, word ^ (at(place).word & kPayloadMask));
  CheckWord(at(index).address + 8, state, word, /*genuine=*/false);
}

void BlockHeaderState::Splice(size_t index, size_t other, uint8_t mask,
                              size_t place) {
  if (known_.empty()) return;
  uint64_t bits = 0;
  for (int i = 0; i < 8; ++i) {
    if ((mask >> i & 1) != 0) bits |= uint64_t{0xff} << 8 * i;
  }
  TryForgery(at(place).address,
             (at(index).word & ~bits) | (at(other).word & bits));
}

void BlockHeaderState::Combine(Mixture mixture, size_t index, size_t other,
                               size_t third, size_t place) {
  if (known_.empty()) return;
  const uint64_t a = at(index).word;
  const uint64_t b = at(other).word;
  const uint64_t c = at(third).word;
  uint64_t word = 0;
  switch (mixture) {
    case Mixture::kXor:
      word = a ^ b;
      break;
    case Mixture::kSum:
      word = a + b - c;
      break;
    case Mixture::kDifference:
      word = a - b;
      break;
    case Mixture::kXorOfThree:
      word = a ^ b ^ c;
      break;
    case Mixture::kShift:
      word = std::rotl(a, static_cast<int>(other % 64));
      break;
  }
  // As it is, and with a payload that may be.
  const uintptr_t address = at(place).address;
  TryForgery(address, word);
  TryForgery(address, word - LowPart(word) + LowPart(at(place).word));
}

char* BlockHeaderState::BlockAt(size_t offset) {
  constexpr size_t kPlaces = kMemoryBytes - kHeaderBytes;
  return memory_.data() + kHeaderBytes + offset % kPlaces;
}

void BlockHeaderState::WriteLive(size_t offset, State state, uint32_t slot) {
  char* block = BlockAt(offset);
  const uint64_t payload =
      uint64_t{slot % SealKeys::kPayloads} * SealKeys::kPayloadStep;
  BlockSeal(keys_, block).WriteLive(KeyOf(state), payload, block);
  const uint64_t word =
      ReferenceWord(reinterpret_cast<uintptr_t>(block), state, payload);
  memcpy(shadow_.data() + (block - memory_.data()) - kHeaderBytes, &word,
         sizeof(word));
  CheckMemory(offset);
  // None of its bits is for nothing.
  for (int bit = 0; bit < 64; ++bit) {
    HeaderOf(block) = word ^ uint64_t{1} << bit;
    CheckMemory(offset);
  }
  HeaderOf(block) = word;
}

void BlockHeaderState::WriteWord(size_t offset, uint64_t word) {
  char* block = BlockAt(offset);
  HeaderOf(block) = word;
  memcpy(shadow_.data() + (block - memory_.data()) - kHeaderBytes, &word,
         sizeof(word));
  CheckMemory(offset);
}

// What stands in memory says the same read as a whole and in parts.
void BlockHeaderState::CheckMemory(size_t offset) const {
  const char* block =
      memory_.data() + kHeaderBytes + offset % (kMemoryBytes - kHeaderBytes);
  uint64_t word;
  memcpy(&word, block - kHeaderBytes, sizeof(word));
  Require(HeaderOf(static_cast<const void*>(block)) == word,
          "a header is the word in front");
  const uint64_t payload = BlockSeal::ReadPayload(block);
  Require(payload == LowPart(word), "the payload is the word's low part");
  const BlockSeal seal(keys_, block);
  const auto address = reinterpret_cast<uintptr_t>(block);
  for (const State state : kAllStates) {
    const uint64_t& key = KeyOf(state);
    const uint64_t shown = PayloadOf(word);
    const uint64_t expected = ReferenceWord(address, state, shown);
    Require(seal.IsInParts(key, shown, block) ==
                (expected >> kPayloadBits == word >> kPayloadBits),
            "the check's parts are the check");
    const bool opens =
        (payload & ~kPayloadMask) == 0 && seal.IsInParts(key, payload, block);
    Require(opens == seal.Is(key, word) && opens == (expected == word),
            "a word opens in parts iff it opens as a whole");
  }
}

void BlockHeaderState::AfterOperation() {
  Require(memory_ == shadow_, "nothing but the header is written");
}

std::string Expression(State state) {
  constexpr const char* kNames[kStates] = {
      "kLive", "kFree", "kInSpan", "kQuarantined", "kHitLive", "kHitFree"};
  return std::string("State::") + kNames[static_cast<size_t>(state)];
}

std::string Expression(BlockHeaderState::Mixture mixture) {
  constexpr const char* kNames[] = {"kXor", "kSum", "kDifference",
                                    "kXorOfThree", "kShift"};
  return std::string("BlockHeaderState::Mixture::") +
         kNames[static_cast<size_t>(mixture)];
}

}  // namespace headroom
