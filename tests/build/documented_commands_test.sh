#!/bin/bash
# Every command in the documents is run somewhere: each line of an ```sh block
# stands in documented_commands.txt, and nothing stands there that no document
# shows. Commands marked `test` are run here; `./x lint` checks the labels.
set -uo pipefail

readonly table=tests/build/documented_commands.txt
failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

# The commands of one document, one a line, comments and blank lines dropped.
commands_of() {
  # shellcheck disable=SC2016  # the quotes are those of Markdown
  sed -n '/^ *```sh$/,/^ *```$/ { /^ *```/d; p }' "$1" |
    sed -e ':join' -e '/\\$/ { N; s/ *\\\n */ /; b join' -e '}' |
    sed -e 's/^ *//' -e 's/ *\( #.*\)\?$//' -e '/^#/d' -e '/^$/d'
}

documented=$(find -L . -name '*.md' -not -path './third_party/*' | while read -r document; do
  commands_of "$document"
done | sort -u)
[[ -n $documented ]] || fail "no document shows a command"

declare -A where
while read -r row; do
  where["${row%% => *}"]=${row##* => }
done < <(grep ' => ' "$table" | grep -v '^#')

while read -r command; do
  [[ -n $command ]] || continue
  case ${where["$command"]-} in
    test)
      bash -c "$command" </dev/null >"$TEST_TMPDIR/output" 2>&1 ||
        fail "'$command' ends with status $?: $(cat "$TEST_TMPDIR/output")"
      ;;
    .ci/run)
      grep -qF -- "$command" .ci/run || fail "'$command' is not in .ci/run"
      ;;
    ci | //*:*) ;;
    *) fail "'$command' is in a document, but $table does not say where it is run" ;;
  esac
done <<<"$documented"

for command in "${!where[@]}"; do
  grep -qxF -- "$command" <<<"$documented" ||
    fail "'$command' is in $table, but in no document"
done

((failures == 0))
