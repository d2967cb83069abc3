#!/bin/bash
# Packs a fuzzer as OSS-Fuzz wants to find it in its $OUT: NAME,
# NAME_seed_corpus.zip, NAME.dict and the programs it starts.
# pack_oss_fuzz.sh TAR NAME FILES...
set -euo pipefail

readonly tar=$1 name=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

seeds=()
for file in "$@"; do
  case $file in
    */"$name"_bin) cp -L "$file" "$folder/$name" ;;
    */"$name".dict | *_program) cp -L "$file" "$folder/" ;;
    *) seeds+=("$file") ;;
  esac
done
((${#seeds[@]} == 0)) ||
  python3 -m zipfile -c "$folder/${name}_seed_corpus.zip" "${seeds[@]}"
tar --create --file "$tar" --directory "$folder" --dereference \
  --sort=name --owner=0 --group=0 --mtime=@0 .
