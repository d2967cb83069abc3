#include "bench/replay/trace_codec.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/replay/byte_reader.h"

namespace headroom::replay {
namespace {

using std::string_view_literals::operator""sv;

// Its last byte is the version.
constexpr std::string_view kMagic = "HR-TRC\n\1"sv;

// A call, and whose block it ends; the lowest bits of an operation's number.
enum class Code : uint8_t {
  kMalloc,
  kCalloc,
  kAligned,
  kFreeOwn,
  kFreeOther,
  kReallocOwn,
  kReallocOther,
};
constexpr int kCodeBits = 3;
constexpr uint64_t kMostPlain = ~uint64_t{0} >> kCodeBits;

class Writer {
 public:
  void Put(uint64_t value) {
    unsigned char bytes[kMostVarintBytes];
    out_.append(reinterpret_cast<const char*>(bytes),
                PutVarint(bytes, value) - bytes);
  }
  void PutSigned(int64_t value) { Put(ZigZag(static_cast<uint64_t>(value))); }
  void PutWord(uint64_t word) {
    for (int shift = 0; shift < 64; shift += 8) {
      out_ += static_cast<char>(word >> shift);
    }
  }
  void PutCode(Code code, uint64_t value) {
    Put(value << kCodeBits | static_cast<uint64_t>(code));
  }
  void PutText(std::string_view text) { out_ += text; }
  std::string& out() { return out_; }

 private:
  std::string out_;
};

uint64_t HashOf(std::string_view bytes) {
  Hash hash;
  for (const char byte : bytes) hash.Add(static_cast<uint8_t>(byte));
  return hash.value();
}

// Of a size that fits beside a code; malloc gives no larger one.
void PutBegin(Code code, const Operation& operation, Writer& out) {
  out.PutCode(code, operation.bytes & kMostPlain);
  if (code == Code::kAligned) out.Put(operation.alignment_log2);
}

// `begun`: how many blocks the thread has begun before it.
void PutOperation(const Operation& operation, uint64_t thread, uint64_t begun,
                  Writer& out) {
  switch (operation.call) {
    case TracedCall::kMalloc:
      return PutBegin(Code::kMalloc, operation, out);
    case TracedCall::kCalloc:
      return PutBegin(Code::kCalloc, operation, out);
    case TracedCall::kAligned:
      return PutBegin(Code::kAligned, operation, out);
    case TracedCall::kFree:
    case TracedCall::kRealloc:
      break;
  }
  const bool frees = operation.call == TracedCall::kFree;
  if (operation.ended.thread == thread) {
    out.PutCode(frees ? Code::kFreeOwn : Code::kReallocOwn,
                begun - operation.ended.index);
  } else {
    out.PutCode(frees ? Code::kFreeOther : Code::kReallocOther,
                operation.ended.thread);
    out.Put(operation.ended.index);
  }
  if (!frees) out.Put(operation.bytes);
}

void PutThread(const ThreadTrace& thread, uint64_t number, Writer& out) {
  out.Put(thread.born_after.size());
  for (const Progress& progress : thread.born_after) {
    out.Put(progress.thread);
    out.Put(progress.operations);
  }
  out.Put(thread.operations.size());
  uint64_t begun = 0;
  for (const Operation& operation : thread.operations) {
    PutOperation(operation, number, begun, out);
    if (operation.begins()) ++begun;
  }
  out.PutWord(thread.totals.order);
  out.PutSigned(thread.totals.live_bytes);
  out.Put(thread.totals.live_bytes_on_the_way.size());
  for (const int64_t bytes : thread.totals.live_bytes_on_the_way) {
    out.PutSigned(bytes);
  }
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("damaged trace: ", what));
}

// The reader fails on what is out of range.
Operation ReadOperation(ByteReader& reader, uint64_t thread, uint64_t begun) {
  const uint64_t head = reader.Varint();
  const uint64_t value = head >> kCodeBits;
  const auto code = static_cast<Code>(head & ((1 << kCodeBits) - 1));
  Operation operation;
  switch (code) {
    case Code::kMalloc:
    case Code::kCalloc:
    case Code::kAligned:
      operation.call = static_cast<TracedCall>(code);
      operation.bytes = value;
      if (code == Code::kAligned) operation.alignment_log2 = reader.Byte();
      return operation;
    case Code::kFreeOwn:
    case Code::kFreeOther:
      operation.call = TracedCall::kFree;
      break;
    case Code::kReallocOwn:
    case Code::kReallocOther:
      operation.call = TracedCall::kRealloc;
      break;
  }
  if (code == Code::kFreeOwn || code == Code::kReallocOwn) {
    operation.ended = {thread, begun - value};
  } else {
    operation.ended = {value, reader.Varint()};
  }
  if (operation.begins()) operation.bytes = reader.Varint();
  return operation;
}

ThreadTrace ReadThread(ByteReader& reader, uint64_t number) {
  ThreadTrace thread;
  for (uint64_t left = reader.Count(); left > 0 && !reader.failed(); --left) {
    const uint64_t other = reader.Varint();
    thread.born_after.push_back({other, reader.Varint()});
  }
  uint64_t begun = 0;
  for (uint64_t left = reader.Count(); left > 0 && !reader.failed(); --left) {
    thread.operations.push_back(ReadOperation(reader, number, begun));
    if (thread.operations.back().begins()) ++begun;
  }
  const auto read_signed = [&] {
    return static_cast<int64_t>(UnZigZag(reader.Varint()));
  };
  thread.totals.order = reader.Word();
  thread.totals.live_bytes = read_signed();
  for (uint64_t left = reader.Count(); left > 0 && !reader.failed(); --left) {
    thread.totals.live_bytes_on_the_way.push_back(read_signed());
  }
  return thread;
}

}  // namespace

std::string EncodeTrace(const Trace& trace) {
  Writer out;
  out.PutText(kMagic);
  out.Put(trace.threads.size());
  out.Put(trace.live_bytes);
  out.Put(trace.peak_live_bytes);
  for (size_t i = 0; i < trace.threads.size(); ++i) {
    PutThread(trace.threads[i], i, out);
  }
  out.PutWord(HashOf(out.out()));
  return std::move(out.out());
}

bool IsTrace(std::string_view file) { return file.starts_with(kMagic); }

absl::StatusOr<Trace> DecodeTrace(std::string_view file) {
  if (!IsTrace(file)) {
    return absl::InvalidArgumentError("not a trace of this version");
  }
  if (file.size() < kMagic.size() + sizeof(uint64_t)) {
    return Damaged("it ends too early");
  }
  const std::string_view hashed = file.substr(0, file.size() - 8);
  if (ByteReader(file.substr(hashed.size())).Word() != HashOf(hashed)) {
    return Damaged("its checksum is that of another one");
  }
  ByteReader reader(hashed.substr(kMagic.size()));
  Trace trace;
  const uint64_t threads = reader.Count();
  trace.live_bytes = reader.Varint();
  trace.peak_live_bytes = reader.Varint();
  for (uint64_t i = 0; i < threads && !reader.failed(); ++i) {
    trace.threads.push_back(ReadThread(reader, i));
  }
  if (reader.failed()) return Damaged("a number that cannot be");
  if (!reader.at_end()) return Damaged("there is more behind its end");
  return trace;
}

}  // namespace headroom::replay
