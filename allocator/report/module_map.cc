#include "allocator/report/module_map.h"

#include <cstring>

#include "allocator/system/raw_file.h"
#include "allocator/system/safe_read.h"

namespace headroom {
namespace {

// Characters of a file, one by one.
class Characters {
 public:
  explicit Characters(const char* path) : file_(path) {}

  // -1 at the end.
  int Next() {
    if (at_ == size_) {
      size_ = file_.Read(buffer_, sizeof(buffer_));
      at_ = 0;
      if (size_ == 0) return -1;
    }
    return static_cast<unsigned char>(buffer_[at_++]);
  }

 private:
  RawFile file_;
  char buffer_[512] = {};
  size_t at_ = 0;
  size_t size_ = 0;
};

// A hexadecimal number and the character behind it, which is read, too.
int ReadHex(Characters& in, uintptr_t* value) {
  *value = 0;
  for (;;) {
    const int c = in.Next();
    if (c >= '0' && c <= '9') {
      *value = *value * 16 + static_cast<uintptr_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      *value = *value * 16 + static_cast<uintptr_t>(c - 'a' + 10);
    } else {
      return c;
    }
  }
}

bool SkipPast(Characters& in, int wanted) {
  for (;;) {
    const int c = in.Next();
    if (c == wanted) return true;
    if (c < 0 || c == '\n') return false;
  }
}

struct MapsLine {
  uintptr_t start;
  uintptr_t end;
  uintptr_t offset;
  char path[sizeof(Mapping::path)];
};

// "start-end permissions offset device inode       path".
bool ReadLine(Characters& in, MapsLine* line) {
  if (ReadHex(in, &line->start) != '-' || ReadHex(in, &line->end) != ' ' ||
      !SkipPast(in, ' ') || ReadHex(in, &line->offset) != ' ' ||
      !SkipPast(in, ' ')) {
    return false;
  }
  size_t size = 0;
  int c = in.Next();
  while (c >= '0' && c <= '9') c = in.Next();
  while (c == ' ') c = in.Next();
  for (; c >= 0 && c != '\n'; c = in.Next()) {
    if (size < sizeof(line->path) - 1) line->path[size++] = char(c);
  }
  line->path[size] = '\0';
  return true;
}

}  // namespace

bool FindMapping(uintptr_t address, Mapping* out) {
  Characters in("/proc/self/maps");
  MapsLine line;
  *out = Mapping();
  while (ReadLine(in, &line)) {
    const bool is_it = line.start <= address && address < line.end;
    // Anonymous memory behind a module may be its .bss: not of interest.
    if (line.path[0] == '\0' && !is_it) continue;
    // The same file again, right behind, is a further segment, even from its
    // first page; elsewhere, its first page begins another module.
    const bool same = strcmp(line.path, out->path) == 0 &&
                      (line.offset != 0 || line.start == out->end);
    if (!same) {
      out->base = line.start - line.offset;
      memcpy(out->path, line.path, sizeof(out->path));
    }
    out->start = line.start;
    out->end = line.end;
    if (is_it) return true;
  }
  return false;
}

bool ReadElfHeader(const Mapping& mapping, Elf64_Ehdr* out) {
  return mapping.path[0] == '/' && SafeRead(mapping.base, out, sizeof(*out)) &&
         memcmp(out->e_ident, ELFMAG, SELFMAG) == 0 &&
         out->e_ident[EI_CLASS] == ELFCLASS64;
}

}  // namespace headroom
