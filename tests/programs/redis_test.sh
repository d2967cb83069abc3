#!/bin/bash
# redis-server on both sides, its real data and a load by redis-benchmark: the
# same digest of all data, also after a reload from disk; no failed request.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/server.sh"
source "$(dirname "$0")/redis.sh"

# Every test of redis-benchmark's must end with its one line of CSV.
benchmark() {
  local tests=set,get,incr,lpush,rpush,lpop,sadd,hset,spop,zadd,lrange_100,mset
  timeout "$LIMIT" redis-benchmark -h 127.0.0.1 -p "$PORT" -t "$tests" -n 8000 \
    -r 5000 -c 24 -P 8 -d 200 --threads 2 --csv >"$WORK/$1.benchmark" 2>&1 ||
    fail "on $1, redis-benchmark failed: $(tail -n 3 "$WORK/$1.benchmark")"
  ! grep -ai error "$WORK/$1.benchmark" >&2 || fail "on $1, redis-benchmark met errors."
  (($(grep -c '^"[A-Z].*","[0-9.]*"' "$WORK/$1.benchmark") >= 13)) ||
    fail "on $1, redis-benchmark left tests out: $(cat "$WORK/$1.benchmark")"
}

# What is in the server: digests, and some values byte by byte.
describe_data() {
  ask DBSIZE
  ask DEBUG DIGEST
  ask MGET key:{1,77,999,31337,65536,99999}
  ask --no-raw DUMP key:12345
  ask HGETALL hash:7 | paste - - | sort
  ask LRANGE list:11 0 -1
  ask ZRANGE sorted:3 0 -1 WITHSCORES
  ask EVAL 'local t = {} for i = 1, 20000 do t[i] = redis.sha1hex(tostring(i)) end
            return redis.sha1hex(table.concat(t))' 0
}

# BGSAVE forks, and the child walks all data while the server goes on.
save_in_a_child() {
  local before
  before=$(ask LASTSAVE)
  sleep 1.1  # LASTSAVE counts whole seconds
  [[ $(ask BGSAVE) == 'Background saving started' ]] || fail "on $1, BGSAVE did not start."
  until ask INFO persistence | grep -qx $'rdb_bgsave_in_progress:0\r'; do sleep 0.05; done
  if ! ask INFO persistence | grep -qx $'rdb_last_bgsave_status:ok\r' ||
    [[ $(ask LASTSAVE) == "$before" ]]; then
    fail "on $1, the child of BGSAVE failed."
  fi
}

use_redis() {
  start_redis "$1"
  benchmark "$1"
  [[ $(ask FLUSHALL ASYNC) == OK ]] || fail "on $1, FLUSHALL did not answer OK."
  fill_redis "$1"
  describe_data >"$WORK/$1.data"
  save_in_a_child "$1"
  [[ $(ask DEBUG RELOAD) == OK ]] || fail "on $1, redis could not reload its data."
  describe_data >"$WORK/$1.reloaded"
  note_peak "$1" "$SERVER"
  stop "$1" TERM
}

use_redis glibc
use_redis headroom
same glibc.data headroom.data "redis' data"
same glibc.reloaded headroom.reloaded "redis' data after a reload"
same glibc.data glibc.reloaded "redis' data before and after a reload"
passed redis
