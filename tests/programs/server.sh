# For tests of servers: start one on a side's malloc at a free port of 127.0.0.1,
# and stop it. Sourced after lib.sh.
# Gives:  start, stop, check_maps, note_peak; SERVER, the process id; PORT.
# Proof:  /proc/PID/maps names the side's library, besides lib.sh's proof.
# Ends:   with the test; a test killed outright takes its server along (pdeathsig,
#         and TERM because nginx then ends its workers).
# shellcheck shell=bash

# A port that nobody listens on now. Somebody may take it before the server binds
# it; then start tries another.
free_port() {
  perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
      Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 0)->sockport'
}

# start SIDE READY COMMAND...: each @PORT@ in the command stands for the port. The
# server is up when the function READY says so.
start() {
  local side=$1 ready=$2
  shift 2
  for _ in 1 2 3; do
    PORT=$(free_port)
    forget_bindings "$side"
    launch become "$side" setpriv --pdeathsig TERM -- "${@//@PORT@/$PORT}" \
      >"$WORK/$side.log" 2>"$WORK/$side.err"
    SERVER=$LAUNCHED
    if await_ready "$ready"; then
      check_maps "$side" "$SERVER"
      return
    fi
    kill -KILL "$SERVER" 2>/dev/null || true
    reap "$SERVER"
  done
  show_logs "$side"
  fail "on $side, '$(basename "$1")' did not start: it $(describe_status "$STATUS")."
}

show_logs() { tail -n 10 "$WORK/$1.log" "$WORK/$1.err" | cut -c 1-300 >&2; }

await_ready() {
  local deadline=$((SECONDS + 20))
  while ((SECONDS < deadline)); do
    [[ -e /proc/$SERVER/exe ]] || return 1
    "$1" >/dev/null 2>&1 && return
    sleep 0.05
  done
  return 1
}

# check_maps SIDE PID...: the process has the side's library, and on glibc it has
# not ours.
check_maps() {
  local side=$1 pid
  shift
  for pid in "$@"; do
    grep -qF " $(readlink -f "$(library_of "$side")")" "/proc/$pid/maps" ||
      fail "on $side, process $pid has not mapped $(library_of "$side")."
    [[ $side == headroom ]] || ! grep -qF " $HEADROOM" "/proc/$pid/maps" ||
      fail "on glibc, process $pid has mapped $HEADROOM."
  done
}

# note_peak SIDE PID...: peak_of SIDE is the sum of these processes' peaks.
note_peak() {
  local side=$1
  shift
  for pid in "$@"; do cat "/proc/$pid/status"; done |
    awk '/^VmHWM:/ { sum += $2 } END { print sum }' >"$WORK/$side.rss"
}

# stop SIDE SIGNAL: asks the server to end, which it must do with status 0.
stop() {
  local side=$1 deadline=$((SECONDS + 20))
  kill "-$2" "$SERVER" 2>/dev/null || true
  while [[ -e /proc/$SERVER/exe ]] && ((SECONDS < deadline)); do sleep 0.05; done
  kill -KILL "$SERVER" 2>/dev/null || true
  reap "$SERVER"
  if ((STATUS != 0)); then
    show_logs "$side"
    fail "on $side, the server $(describe_status "$STATUS") when it was asked to stop."
  fi
  check_bindings "$side"
}
