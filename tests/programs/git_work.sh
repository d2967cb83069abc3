#!/bin/bash
# Work for git_test.sh, in an empty folder: $1 is the repository's URL. What it
# prints depends on the contents only, never on how they are packed.
set -euo pipefail
git clone --quiet --no-checkout "$1" clone
cd clone
git checkout --quiet --detach HEAD
git log --format=fuller --stat --patch | sha256sum
git gc --quiet --aggressive --prune=now
git fsck --full --strict --no-dangling
git rev-list --all --objects | sort | sha256sum
git cat-file --batch-all-objects --batch | sha256sum
git archive HEAD | sha256sum
git ls-files -s
git grep --count -I --threads=4 -e '[a-z]' HEAD -- | sort
git ls-files '*.sh' | while read -r file; do git blame --porcelain "$file" | sha256sum; done
git status --porcelain
git rev-parse HEAD 'HEAD^{tree}'
