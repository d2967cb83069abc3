// A JIT compiler registers unwind tables: the unwinder sorts them under its
// lock, in memory of malloc's, which may be a sampled block. BUILD samples.
#include <cstdint>
#include <cstring>

#include "gtest/gtest.h"

extern "C" void __register_frame(void* tables);
extern "C" void __deregister_frame(void* tables);

namespace headroom {
namespace {

// Tables for one function of 64 bytes, which nobody calls.
class Tables {
 public:
  void Register() {
    const size_t common = Begin();
    Put<uint32_t>(0);
    for (const uint8_t byte : {1, 0, 1, 0x78, 16, 0x0c, 7, 8, 0x90, 1}) {
      Put(byte);
    }
    End(common);
    const size_t function = Begin();
    Put(static_cast<uint32_t>(size_ - common));
    Put(reinterpret_cast<uintptr_t>(code_));
    Put<uintptr_t>(sizeof(code_));
    End(function);
    Put<uint32_t>(0);
    __register_frame(bytes_);
  }
  ~Tables() { __deregister_frame(bytes_); }

 private:
  template <typename T>
  void Put(T value) {
    memcpy(bytes_ + size_, &value, sizeof(value));
    size_ += sizeof(value);
  }
  size_t Begin() {
    Put<uint32_t>(0);
    return size_ - sizeof(uint32_t);
  }
  // The entry's length goes in front of it.
  void End(size_t start) {
    while ((size_ - start) % 8 != 4) Put<uint8_t>(0);
    const auto length = static_cast<uint32_t>(size_ - start - 4);
    memcpy(bytes_ + start, &length, sizeof(length));
  }

  alignas(8) unsigned char bytes_[128] = {};
  size_t size_ = 0;
  char code_[64] = {};
};

TEST(RegisteredTablesTest, AThrowFindsItsWayThroughThem) {
  static Tables tables[200];
  int caught = 0;
  for (Tables& one : tables) {
    one.Register();
    try {
      throw 1;
    } catch (int) {
      ++caught;
    }
  }
  EXPECT_EQ(caught, 200);
}

}  // namespace
}  // namespace headroom
