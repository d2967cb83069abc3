#!/bin/bash
# run_demo with a tiny workload: it ends with its table, and refuses, with a
# sentence and status 1, a library that is missing or that is no malloc. $2 is
# the program, beside it demo_workload.
source "$(dirname "$0")/lib.sh"
[[ -x ${2:-} ]] || fail "no program run_demo was named: build //bench:run_demo."
demo=$(readlink -f "$2")
tiny=(--threads=3 --operations=20000 --blocks=500 --runs=2)

launch "$demo" "${tiny[@]}" --library="$HEADROOM" >"$WORK/out" 2>"$WORK/err"
reap "$LAUNCHED"
cat "$WORK/out" "$WORK/err"
((STATUS == 0)) || fail "run_demo $(describe_status "$STATUS")."
for row in 'throughput, million operations/s' 'peak RSS, MiB'; do
  grep -Eq "^$row  *[0-9]+\.[0-9]+  *[0-9]+\.[0-9]+  *[0-9]+\.[0-9]+$" "$WORK/out" ||
    fail "the table has no row '$row' with three figures."
done
(($(grep -Ec '^  (Headroom|system malloc) ' "$WORK/out") == 4)) || fail "there were not two runs on each malloc."

# refused LIBRARY SENTENCE
refused() {
  launch "$demo" "${tiny[@]}" --library="$1" >"$WORK/out" 2>"$WORK/err"
  reap "$LAUNCHED"
  ((STATUS == 1)) || fail "with the library $1, run_demo $(describe_status "$STATUS")."
  grep -q "$2" "$WORK/err" || fail "with the library $1, run_demo said: $(cat "$WORK/err")"
  ! grep -q 'peak RSS' "$WORK/out" || fail "with the library $1, run_demo printed a table."
}
refused "$WORK/missing.so" 'there is no library'
libm=$(ldd "$demo" | awk '$1 == "libm.so.6" { print $3 }')
refused "${libm:-$(dirname "$GLIBC")/libm.so.6}" 'took malloc from'
echo "run_demo: its table is complete, and wrong libraries are refused"
