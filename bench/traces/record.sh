#!/bin/bash
# Records the traces that are kept here anew: real programs, small work.
#
# Usage: record.sh LIBRARY REPLAY DIRECTORY
set -euo pipefail

library=$(realpath "$1")
replay=$(realpath "$2")
out=$(realpath "$3")
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -r "$work"' EXIT

# traced NAME PROGRAM ARGS...
traced() {
  HEADROOM_OPTIONS=trace=$work/$1 LD_PRELOAD=$library "${@:2}"
}

keep() {
  "$replay" --compile "$work/$1" "$out/$1.trace" >/dev/null
}

# CPython, of which malloc serves every object: it keeps no arenas of its own.
python3_work() {
  PYTHONMALLOC=malloc traced python3 /usr/bin/python3 -S -c '
import json, threading

def work(first):
  rows = [{"id": i, "name": "n" * (i % 40), "tags": [i, str(i)]}
          for i in range(first, first + 250)]
  text = json.dumps(rows)
  return sorted(json.loads(text), key=lambda row: row["name"])

threads = [threading.Thread(target=work, args=(1000 * i,)) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
'
}

sqlite3_work() {
  traced sqlite3 sqlite3 "$work/database" >/dev/null <<'END'
PRAGMA threads = 2;
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, data BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO t SELECT i, printf('name %d', i * 7919 % 1009), zeroblob(i % 300) FROM n;
CREATE INDEX by_name ON t(name);
SELECT name, count(*), group_concat(id) FROM t GROUP BY name ORDER BY 2, 1;
UPDATE t SET data = data || name WHERE id % 3 = 0;
DELETE FROM t WHERE id % 4 = 1;
SELECT json_group_array(json_object('id', id, 'name', name)) FROM t WHERE id < 500;
VACUUM;
END
}

# A socket, so that no port has to be free.
redis_work() {
  traced redis redis-server --port 0 --unixsocket "$work/socket" --save '' \
    --io-threads 2 --io-threads-do-reads yes --dir "$work" >/dev/null &
  server=$!
  local tries=0
  until redis-cli -s "$work/socket" ping >"$work/pong" 2>&1; do
    ((++tries < 600))
    sleep 0.1
  done
  redis-benchmark -s "$work/socket" -c 8 -n 800 -r 500 -d 100 -q \
    -t set,get,lpush,lpop,sadd,hset >/dev/null
  redis-cli -s "$work/socket" flushall async >/dev/null
  redis-cli -s "$work/socket" shutdown nosave
  wait "$server"
  server=
}

# Deltas are looked for by two threads, which hand the objects on.
git_work() {
  local repository=$work/repository i
  git init -q "$repository"
  for i in {1..120}; do
    seq "$i" $((i * 40)) >"$repository/file$((i % 7))"
    git -C "$repository" add .
    git -C "$repository" -c user.name=n -c user.email=e commit -q -m "$i"
  done
  git -C "$repository" rev-list --objects --all |
    traced git git -C "$repository" -c pack.threads=2 pack-objects -q \
      "$work/pack" >/dev/null
}

for name in python3 sqlite3 redis git; do
  "${name}_work"
  keep "$name"
done
