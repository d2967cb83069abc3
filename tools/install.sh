#!/bin/bash
# Installs what was built: install.sh PREFIX DIRECTORY_OF_THE_LIBRARIES.
# Headers are included as <headroom/headroom.h> from then on.
set -euo pipefail

readonly prefix=$1 built=$2
headers=$(dirname "$0")/../allocator

install -d "$prefix/lib/pkgconfig" "$prefix/include/headroom" "$prefix/share/headroom"
prefix_path=$(realpath "$prefix")
install -m 755 "$built/libheadroom.so" "$prefix/lib/"
install -m 644 "$built/libheadroom.a" "$prefix/lib/"
for header in headroom.h memory_resource.h; do
  sed 's,#include "allocator/,#include "headroom/,' "$headers/$header" |
    install -m 644 /dev/stdin "$prefix/include/headroom/$header"
done
install -m 644 "$(dirname "$0")"/headroom_*.py "$prefix/share/headroom/"
install -m 644 /dev/stdin "$prefix/lib/pkgconfig/headroom.pc" <<END
prefix=$prefix_path
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: Headroom
Description: malloc that checks every block, for multithreaded services
Version: $(sed -n 's/^ *version = "\(.*\)",/\1/p' "$(dirname "$0")/../MODULE.bazel")
Libs: -L\${libdir} -lheadroom
Libs.private: -pthread
Cflags: -I\${includedir}
END
echo "x install: libheadroom.so, libheadroom.a, headers, headroom.pc and gdb scripts are in $prefix_path"
