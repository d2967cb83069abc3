#!/bin/bash
# sqlite3 builds a database on disk (insert, index, update, delete, aggregate,
# join, JSON, text search, vacuum) on both sides: the same answers, the same dump.
source "$(dirname "$0")/lib.sh"
need sqlite3 sqlite3

on_both sqlite3 -batch -bail -init /dev/null shop.db \
  ".read $(readlink -f "$(dirname "$0")/sqlite3_work.sql")" .dump
grep -qx ok "$WORK/headroom.out" || fail "sqlite3's integrity check did not answer ok."
passed sqlite3
