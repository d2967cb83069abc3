#!/bin/bash
# perl runs perl_work.pl (strings, hashes, sorting, patterns, closures, threads,
# fork) on both sides: the same lines.
source "$(dirname "$0")/lib.sh"
need perl perl
perl -MDigest::SHA -Mthreads -e 1 2>/dev/null ||
  fail "perl has no Digest::SHA or threads: they are in the package perl, which ./x setup installs."

on_both env PERL_HASH_SEED=1 PERL_PERTURB_KEYS=0 \
  perl "$(readlink -f "$(dirname "$0")/perl_work.pl")"
passed perl
