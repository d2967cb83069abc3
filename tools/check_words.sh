#!/bin/bash
# Refuses words that mean something only while the project is being written, or
# only on one machine: unfinished work belongs in a tracker, paths in no file.
set -euo pipefail

readonly words='\b(TODO|FIXME|XXX)\b|\bsession\b|\bissues? #?[0-9]'

if git grep --untracked -nIE "$words" -- ':!tools/check_words.sh' ':!LICENSE'; then
  echo "check_words: the lines above hold a word that must not stay." >&2
  exit 1
fi
