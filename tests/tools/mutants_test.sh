#!/bin/bash
# tools/mutants plants each bug alone, believes only a test that failed, and
# says who survived. Bazel is a script here: what it "tests" is one line.
set -uo pipefail

readonly tools=$PWD/tools/mutants
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project" || exit 1
export XDG_CACHE_HOME=$project/cache HOME=$project PATH=$project/bin:$PATH

failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}
# expect STATUS PATTERN ARGUMENTS...
expect() {
  local status=$1 pattern=$2 output actual
  shift 2
  output=$(/usr/bin/python3 -B tools/mutants/main.py "$@" 2>&1)
  actual=$?
  ((actual == status)) || fail "$*: status $actual, not $status: $output"
  grep -qE -- "$pattern" <<<"$output" || fail "$*: no '$pattern' in: $output"
}
# patch NAME OLD NEW FIRST
patch() {
  cat >"tests/mutants/$1.patch" <<END
Words about $1.
First: $4

--- a/allocator/a.cc
+++ b/allocator/a.cc
@@ -1,3 +1,3 @@
 one
-$2
+$3
 three
END
}

mkdir -p bin tools allocator tests/mutants fuzz/toy fuzz/corpus/toy
cp -rL "$tools" tools/
printf 'one\ntwo\nthree\n' >allocator/a.cc
touch fuzz/toy/toy_fuzzer.cc
ln -s /usr/lib allocator/lib
git init -q . && printf 'cache/\nbin/\nlog\n__pycache__/\n' >.gitignore

# Fails //first when the line is "seen", //second when it is "hard" and all
# tests run, the fuzzer when it is "deep", and does not compile "broken".
cat >bin/bazel <<'END'
#!/bin/bash
echo "$*" >>"$HOME/log"
line=$(sed -n 2p allocator/a.cc)
for argument in "$@"; do
  [[ $argument == --build_event_json_file=* ]] && events=${argument#*=}
done
failed() {
  echo '{"id":{"testResult":{"label":"'"$1"'"}},"testResult":{"status":"FAILED"}}' >"$events"
  exit 3
}
[[ $line == broken ]] && exit 1
[[ $1 == run ]] && { [[ $line == deep ]] && exit 77; exit 0; }
[[ $1 == test && $line == seen && $* == *//first* ]] && failed //first
[[ $1 == test && $line == hard && $* == *//tests/...* ]] && failed //second
exit 0
END
chmod +x bin/bazel

expect 1 '0 of 0 fit' --check
patch seen two seen //first
patch hard two hard //first
patch deep two deep //first
expect 0 '3 of 3 fit' --check
[[ -L cache/headroom/mutants/tree/allocator/lib ]] || fail "a link is left out"
expect 0 '3 of 3 fit' --check
expect 0 'deep .*Words about deep' --list
expect 2 "no mutant 'nobody'" nobody
expect 0 'seen .* s  //first' seen
expect 0 'hard .* s  //second' hard
expect 0 'deep .* s  fuzz:toy' deep
expect 0 '3 of 3 killed'
[[ $(sed -n 2p allocator/a.cc) == two ]] || fail "the project itself was changed"

patch harmless two zwei //first
expect 1 'harmless .* SURVIVES' harmless
expect 1 '3 of 4 killed'

patch broken two broken //first
expect 1 'broken: it does not compile' broken
rm tests/mutants/broken.patch

# On a tree that fails without any bug, nothing is killed.
printf 'one\nseen\nthree\n' >allocator/a.cc
patch seen seen two //first
expect 1 'the sound tree fails its own tests' seen
printf 'one\ntwo\nthree\n' >allocator/a.cc

patch stale zwei seen //first
expect 1 'stale does not fit allocator/a.cc any more' --check stale
patch long two 'seen
+seen' //first
expect 1 'it must change one line' --check
rm tests/mutants/*.patch
patch elsewhere two seen //first
sed -i 's,allocator/,tests/,' tests/mutants/elsewhere.patch
expect 1 'it must change a file of allocator/' --check

((failures == 0))
