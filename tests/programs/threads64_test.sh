#!/bin/bash
# threads64: 64 threads build, hand over and destroy std containers, on both sides:
# the same checksum. $2 is the program.
source "$(dirname "$0")/lib.sh"
[[ -x ${2:-} ]] || fail "no program threads64 was named: build //tests/programs:threads64."

on_both "$(readlink -f "$2")"
passed threads64
