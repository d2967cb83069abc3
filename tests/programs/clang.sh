# The compiler for clang_test.sh and peak_rss_test.sh. Sourced after lib.sh.
# Gives:  CLANG, the command without source and output. The object does not
#         depend on the folder it is made in. $ROOT is where includes start.
# shellcheck shell=bash disable=SC2034  # those who source it use CLANG
need clang++-22 clang-22
ROOT=$(readlink -f .)
CLANG=(clang++-22 -std=c++20 -O2 -g -ffile-compilation-dir=. -I "$ROOT" -c)
readonly ROOT CLANG
