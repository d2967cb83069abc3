#!/bin/bash
# python3 with PYTHONMALLOC=malloc, so that every object of the interpreter is a
# block of malloc's, runs python3_work.py on both sides: the same lines.
source "$(dirname "$0")/lib.sh"
need python3 python3

on_both env PYTHONMALLOC=malloc PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 \
  python3 "$(readlink -f "$(dirname "$0")/python3_work.py")"
passed python3
