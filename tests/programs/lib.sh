# What the real-program tests share: run one command on glibc's malloc and on
# Headroom (LD_PRELOAD), and compare the two.
# Takes:  $1 of the test, the path of libheadroom.so; HEADROOM_LIBRARY, set by
#         hand, tries another malloc instead (say, a broken one: it must fail).
# Gives:  need, on, on_both, same, peak_of, passed, fail; $WORK, a folder that
#         is removed at the end, with a folder for each side in it.
# Proof:  the dynamic linker's own log of every process (LD_DEBUG=bindings) must
#         show malloc, free, calloc and realloc bound to the side's library.
# Time:   no test fails because something was slow, except at $LIMIT seconds.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C TZ=UTC PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset LD_PRELOAD LD_LIBRARY_PATH GLIBC_TUNABLES "${!MALLOC_@}"

readonly LIMIT=${HEADROOM_TEST_LIMIT:-100}
WORK=$(mktemp -d "${TEST_TMPDIR:-/tmp}/headroom.XXXXXX")
readonly WORK
export HOME=$WORK
mkdir "$WORK/glibc" "$WORK/headroom"
declare -A RUNNING=()  # leaders of process groups that must not outlive the test

clean_up() {
  local status=$? pid
  trap - EXIT
  for pid in "${!RUNNING[@]}"; do
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$WORK"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# need PROGRAM PACKAGE: the program is there, or a sentence that says what to do.
need() {
  command -v "$1" >/dev/null ||
    fail "$1 is missing. It is in the package $2, which ./x setup installs."
}
need time time

find_libraries() {
  local given=${HEADROOM_LIBRARY:-${1:-}}
  [[ -n $given ]] || fail "no library was named: give the path of libheadroom.so."
  [[ -f $given ]] || fail "there is no library $given: build //allocator:libheadroom.so."
  HEADROOM=$(readlink -f "$given")
  [[ $HEADROOM != *[[:space:]:]* ]] ||
    fail "LD_PRELOAD cannot name $HEADROOM: a space or a colon is in it."
  GLIBC=$(ldd "$(command -v bash)" | awk '$1 == "libc.so.6" { print $3 }')
  readonly HEADROOM GLIBC
}
find_libraries "${1:-}"

# What LD_PRELOAD names. glibc is named too: some programs (Debian's redis-server)
# are linked to another malloc, and would run on that one.
library_of() { if [[ $1 == headroom ]]; then echo "$HEADROOM"; else echo "$GLIBC"; fi; }

# launch COMMAND...: in the background, leader of a new process group, its id in
# LAUNCHED. What is waited for is launched too: bash serves a trap while it waits,
# but not while a command runs in the foreground.
launch() {
  set -m
  "$@" </dev/null &
  LAUNCHED=$!
  set +m
  RUNNING[$LAUNCHED]=1
}

# reap PID: waits for a launched command; STATUS is how it ended.
reap() {
  STATUS=0
  wait "$1" || STATUS=$?
  kill -KILL -- "-$1" 2>/dev/null || true
  unset "RUNNING[$1]"
}

# become SIDE WRAPPER... -- COMMAND...: becomes the command, in $WORK/SIDE, on that
# side's malloc; the wrapper, timeout and the like, keeps the usual one.
become() {
  local side=$1 wrapper=()
  shift
  while [[ $1 != -- ]]; do
    wrapper+=("$1")
    shift
  done
  shift
  cd "$WORK/$side"
  exec "${wrapper[@]}" env LD_PRELOAD="$(library_of "$side")" \
    LD_DEBUG=bindings LD_DEBUG_OUTPUT="$WORK/$side.bindings/of" "$@"
}

forget_bindings() { rm -rf "$WORK/$1.bindings" && mkdir "$WORK/$1.bindings"; }

describe_status() {
  if (($1 == 124)); then
    echo "was stopped at the limit of $LIMIT s"
  elif (($1 > 128)); then
    echo "died of signal $(kill -l $(($1 - 128)))"
  else
    echo "ended with status $1"
  fi
}

# on SIDE COMMAND...: runs the command on that side. Its output goes to
# $WORK/SIDE.out, its peak RSS to peak_of SIDE. It must end with status 0.
on() {
  local side=$1
  shift
  forget_bindings "$side"
  launch become "$side" timeout -k 2 "$LIMIT" \
    /usr/bin/time -q -f %M -o "$WORK/$side.rss" -- "$@" \
    >"$WORK/$side.out" 2>"$WORK/$side.err"
  reap "$LAUNCHED"
  if ((STATUS != 0)); then
    tail -n 20 "$WORK/$side.out" "$WORK/$side.err" | cut -c 1-300 >&2
    fail "on $side, '$(basename "$1")' $(describe_status "$STATUS")."
  fi
  check_bindings "$side"
}

# on_both COMMAND...: on each side, with the same output.
on_both() {
  on glibc "$@"
  on headroom "$@"
  same glibc.out headroom.out "the output of $(basename "$1")"
}

# One process's log to nothing, or to what is wrong in it. A program built without
# PIE may lend malloc its own address: then a library is bound "to" the program,
# whose call goes on to the right place. So a target that is itself bound is fine.
# Threads and forked children mix their lines, hence a record instead of a line.
wrong_bindings() {
  awk -v library="$2" -v RS='binding file ' '
    match($0, /: normal symbol .(malloc|free|calloc|realloc)\047/) {
      symbol = substr($0, RSTART, RLENGTH - 1)
      sub(/^.* ./, "", symbol)
      if ($4 == library) bound[$1, symbol] = 1
      else elsewhere[symbol " of " $1 " is in " $4] = $4 SUBSEP symbol
    }
    END {
      for (line in elsewhere) if (!(elsewhere[line] in bound)) print line
      for (any in bound) exit
      print "nothing was bound to the library"
    }' "$1"
}

# check_bindings SIDE: malloc was the side's in every process of its last command.
check_bindings() {
  local library log wrong
  library=$(library_of "$1")
  ! grep 'cannot be preloaded' "$WORK/$1.err" >&2 || fail "$library was not loaded."
  for log in "$WORK/$1.bindings"/of.*; do
    [[ -e $log ]] || fail "on $1, the dynamic linker left no log: is the program static?"
    wrong=$(wrong_bindings "$log" "$library")
    [[ -z $wrong ]] ||
      fail "on $1, malloc was not that of $library in process ${log##*.}:" \
        $'\n'"$(head -n 5 <<<"$wrong")"
  done
}

# same FILE FILE WHAT: the two files (in $WORK) are equal, byte for byte, and not
# empty: nothing compared with nothing would prove nothing.
same() {
  [[ -s $WORK/$1 ]] || fail "$3 is empty on glibc."
  cmp -s "$WORK/$1" "$WORK/$2" && return
  diff -a "$WORK/$1" "$WORK/$2" | cut -c 1-200 | head -n 10 >&2 || true
  fail "$3 on Headroom differs from that on glibc."
}

# The peak RSS of the side's last command or server, in KiB.
peak_of() { tail -n 1 "$WORK/$1.rss"; }

# passed NAME: the last line of a test. RSS is for information.
passed() {
  awk -v name="$1" -v library="$(basename "$HEADROOM")" \
    -v glibc="$(peak_of glibc)" -v ours="$(peak_of headroom)" 'BEGIN {
      printf "%s: the same result on glibc and %s; peak RSS %.1f and %.1f MiB, ratio %.2f\n",
        name, library, glibc / 1024, ours / 1024, ours / glibc }'
}
