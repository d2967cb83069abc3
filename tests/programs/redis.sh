# redis-server for redis_test.sh and peak_rss_test.sh. Sourced after server.sh.
# Gives:  start_redis, ask, fill_redis.
# shellcheck shell=bash
need redis-server redis-server
need redis-benchmark redis-tools
need redis-cli redis-tools

ask() { timeout 60 redis-cli -h 127.0.0.1 -p "$PORT" "$@"; }

# The one that answers is the one that was started, not a stranger at its port.
redis_is_ready() { ask INFO server | grep -qx "process_id:$SERVER"$'\r'; }

# start_redis SIDE: in an empty folder. Background threads do part of the frees,
# and two threads read and write the sockets.
start_redis() {
  start "$1" redis_is_ready redis-server --bind 127.0.0.1 --port @PORT@ \
    --save '' --appendonly no --dir "$WORK/$1" --dbfilename dump.rdb \
    --io-threads 2 --io-threads-do-reads yes --lazyfree-lazy-user-del yes \
    --enable-debug-command local --hash-max-listpack-entries 16 --daemonize no
}

# Commands for redis: 100,000 strings of 0 to 1000 bytes, some grown by APPEND
# and SETRANGE, some deleted, then hashes, lists, sets and sorted sets.
redis_commands() {
  awk 'BEGIN {
    for (i = 0; i < 1000; i++) text = text sprintf("%c", 97 + i * i % 26)
    for (i = 0; i < 100000; i++) {
      printf "SET key:%d v%d%s\r\n", i, i, substr(text, i % 37 + 1, i * 7919 % 1009 % 963)
      if (i % 3 == 0) printf "APPEND key:%d %s\r\n", i * 31 % (i + 1), substr(text, 1, i % 100 + 1)
      if (i % 5 == 0) printf "DEL key:%d\r\n", i * 17 % (i + 1)
      if (i % 7 == 0) printf "SETRANGE key:%d %d %d\r\n", i, i % 3000, i
    }
    for (i = 0; i < 30000; i++) {
      printf "HSET hash:%d field%d %s\r\n", i % 300, i * 11 % 997, substr(text, 1, i % 90 + 1)
      printf "RPUSH list:%d item%d%s\r\n", i % 200, i, substr(text, 1, i % 50 + 1)
      printf "SADD set:%d member%d\r\n", i % 100, i * 13 % 5003
      printf "ZADD sorted:%d %d member%d\r\n", i % 50, i * 7 % 1009, i * 3 % 2003
      if (i % 4 == 0) printf "LPOP list:%d\r\nSREM set:%d member%d\r\n", i * 3 % 200, i % 100, i
    }
  }'
}

# fill_redis SIDE: runs them all, each must be answered without an error.
fill_redis() {
  [[ -s $WORK/commands ]] || redis_commands >"$WORK/commands"
  ask --pipe <"$WORK/commands" >"$WORK/$1.fill" 2>&1 ||
    fail "on $1, redis refused commands: $(tail -n 3 "$WORK/$1.fill")"
  grep -q '^errors: 0, replies: [1-9]' "$WORK/$1.fill" ||
    fail "on $1, redis answered with errors: $(tail -n 3 "$WORK/$1.fill")"
}
