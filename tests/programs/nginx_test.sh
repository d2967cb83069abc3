#!/bin/bash
# nginx on both sides serves files of many sizes, plain, compressed and through a
# proxy, under a load of a fixed number of requests by ab: every answer complete,
# and the same bytes as the files.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/server.sh"
need nginx nginx-light
need ab apache2-utils

readonly SIZES=(1 100 5000 70000 1500000)

make_site() {
  local folder=$1/site size
  mkdir "$folder" "$1/temporary"
  for size in "${SIZES[@]}"; do
    perl -e 'srand 5; print map { chr(97 + int rand 8) } 1 .. $ARGV[0]' "$size" >"$folder/$size.txt"
  done
  cat >"$1/nginx.conf.in" <<END
daemon off;
worker_processes 2;
pid $1/nginx.pid;
error_log stderr warn;
$( ((EUID)) || echo 'user root root;')
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path $1/temporary/body;
  proxy_temp_path $1/temporary/proxy;
  fastcgi_temp_path $1/temporary/fastcgi;
  uwsgi_temp_path $1/temporary/uwsgi;
  scgi_temp_path $1/temporary/scgi;
  default_type text/plain;
  gzip on;
  gzip_types text/plain;
  gzip_http_version 1.0;
  gzip_proxied any;
  server {
    listen 127.0.0.1:LISTEN_PORT;
    root $folder;
    location = /who { return 200 "$1 \$pid"; }
    location /proxied/ { proxy_pass http://127.0.0.1:LISTEN_PORT/; }
  }
}
END
}

# fetch PATH [HEADER]: the body of the answer.
fetch() {
  # shellcheck disable=SC2016  # the inner bash expands it
  timeout 20 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0"
    printf "GET %s HTTP/1.0\r\n%s\r\n" "$1" "$2" >&3
    sed "1,/^\r\$/d" <&3' "$PORT" "$1" "${2:+$2$'\r\n'}"
}

nginx_is_ready() { [[ $(fetch /who) == "$WORK/"* ]]; }

check_bodies() {
  local size path
  for size in "${SIZES[@]}"; do
    for path in "/$size.txt" "/proxied/$size.txt"; do
      fetch "$path" | cmp - "$WORK/$1/site/$size.txt" ||
        fail "on $1, nginx sent other bytes than are in the file for $path."
    done
  done
  for size in 5000 70000 1500000; do
    fetch "/$size.txt" 'Accept-Encoding: gzip' >"$WORK/body.gz"
    gunzip <"$WORK/body.gz" | cmp - "$WORK/$1/site/$size.txt" ||
      fail "on $1, the compressed answer for $size.txt is wrong."
    sha256sum <"$WORK/body.gz"
  done
}

# load SIDE REQUESTS PATH [OPTION...]: every request must be answered in full.
load() {
  local side=$1 requests=$2 path=$3
  shift 3
  timeout "$LIMIT" ab -q -n "$requests" -c 16 "$@" "http://127.0.0.1:$PORT$path" \
    >"$WORK/$side.ab" 2>&1 || fail "on $side, ab failed: $(tail -n 3 "$WORK/$side.ab")"
  if ! grep -qx "Complete requests:  *$requests" "$WORK/$side.ab" ||
    ! grep -qx 'Failed requests:  *0' "$WORK/$side.ab" ||
    grep -q 'Non-2xx' "$WORK/$side.ab"; then
    fail "on $side, requests for $path failed: $(cat "$WORK/$side.ab")"
  fi
  grep -E '^(Document Length|HTML transferred|Complete requests)' "$WORK/$side.ab"
}

workers() { cat "/proc/$SERVER/task/$SERVER/children"; }

use_nginx() {
  make_site "$WORK/$1"
  # shellcheck disable=SC2016  # the inner bash expands it
  start "$1" nginx_is_ready bash -c '
    sed "s/LISTEN_PORT/$0/g" nginx.conf.in >nginx.conf
    exec nginx -e stderr -p "$PWD" -c "$PWD/nginx.conf"' @PORT@
  # shellcheck disable=SC2046  # a word for each worker
  check_maps "$1" "$SERVER" $(workers)
  {
    load "$1" 8000 /5000.txt -k
    load "$1" 3000 /70000.txt -k -H 'Accept-Encoding: gzip'
    load "$1" 2000 /proxied/70000.txt
    load "$1" 60 /1500000.txt
    check_bodies "$1"
    kill -HUP "$SERVER"  # reads its configuration again, with new workers
    load "$1" 2000 /100.txt
    check_bodies "$1"
  } >"$WORK/$1.answers"
  # shellcheck disable=SC2046
  note_peak "$1" "$SERVER" $(workers)
  stop "$1" QUIT
  # A sandbox's root may not set groups; nginx then says so and goes on.
  ! grep -E '\[(alert|crit|emerg|error)\]' "$WORK/$1.err" | grep -v 'initgroups(' >&2 ||
    fail "on $1, nginx reported errors."
}

use_nginx glibc
use_nginx headroom
same glibc.answers headroom.answers "what nginx answered"
passed nginx
