#!/bin/bash
# git clones the repository this project lives in, repacks it and reads every
# object, on both sides: the same objects, history, patches and archive.
source "$(dirname "$0")/lib.sh"
need git git

script=$(readlink -f "$(dirname "$0")/git_work.sh")
here=$(dirname "$script")  # in the source tree: among the runfiles it is a link
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$WORK/gitconfig
cat >"$GIT_CONFIG_GLOBAL" <<'END'
[safe]
  directory = *
[pack]
  threads = 4
[advice]
  detachedHead = false
END
repository=$(git -C "$here" rev-parse --show-toplevel 2>/dev/null) ||
  fail "$here is not in a git repository: this test clones the project's own, so run it in a git clone."
git -C "$repository" rev-parse --quiet --verify HEAD >/dev/null ||
  fail "the repository $repository has no commit yet."

on_both bash "$script" "file://$repository"
passed git
