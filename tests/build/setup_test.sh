#!/bin/bash
# tools/setup.sh installs exactly the packages that are missing, asks nothing,
# and says in one sentence what it cannot do. apt and dpkg are fakes here.
set -uo pipefail

failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

# Readable by everyone, because one case runs as another user.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tools/bench/report" "$work/bin"
cp -L tools/setup.sh tools/packages.txt "$work/tools/"
packages=$(sed 's/[[:space:]]*#.*//; /^$/d' "$work/tools/packages.txt")

# fake NAME BODY: a program found before the real one, which logs its call.
fake() {
  printf '#!/bin/bash\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$work" "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# The plotting library's installer; `install_report BODY` makes it do something.
install_report() {
  printf '#!/bin/bash\necho plotting-library >>"%s/calls"\n%s\n' "$work" "$1" \
    >"$work/tools/bench/report/install.sh"
  chmod +x "$work/tools/bench/report/install.sh"
}
install_report ''

# installed PACKAGES: makes dpkg-query know these and none else.
installed() {
  printf '%s\n' "$1" | sed 's/^/installed /' >"$work/status"
  fake dpkg-query "cat '$work/status'; exit 1"
}

# Runs setup.sh; sets output and status.
setup() {
  : >"$work/calls"
  chmod -R a+rwX "$work"
  output=$(PATH=$work/bin:$PATH "${as_user[@]}" "$work/tools/setup.sh" "$@" 2>&1 </dev/null)
  status=$?
}
as_user=()

# shellcheck disable=SC2016  # the fake expands it
fake apt-get '[[ $DEBIAN_FRONTEND == noninteractive ]]'
fake systemctl ''
fake install 'cat >/dev/null'
fake rm ''
fake sudo 'exit 1'
fake npm ''

installed "$packages"
setup
((status == 0)) || fail "nothing missing: status $status: $output"
[[ $output == *"packages are installed"* ]] || fail "nothing missing: $output"
setup --if-needed
[[ $status == 0 && -z $output ]] || fail "a second run says: $output"
grep -q apt-get "$work/calls" && fail "apt-get called with nothing missing"
grep -q plotting-library "$work/calls" || fail "no plotting library"

install_report 'exit 1'
setup --if-needed
[[ $status == 0 && $output == *"going on without"* ]] ||
  fail "no plotting library to be had: status $status: $output"
install_report ''

if ((EUID == 0)); then
  installed "$(grep -v -e '^valgrind$' -e '^redis-server$' <<<"$packages")"
  setup
  ((status == 0)) || fail "two missing: status $status: $output"
  grep -q 'apt-get .* update' "$work/calls" || fail "no apt-get update"
  grep -q 'apt-get .* install --no-install-recommends valgrind redis-server$' "$work/calls" ||
    fail "calls: $(cat "$work/calls")"
  grep -q 'systemctl disable .*redis-server' "$work/calls" ||
    fail "the redis service stays enabled"

  grep -q plotting-library "$work/calls" || fail "no plotting library after apt"

  # A machine on which only these are there, and so no npm.
  mkdir "$work/without_npm"
  for program in bash cat dirname env grep sed; do
    ln -s "$(command -v "$program")" "$work/without_npm/"
  done
  command rm "$work/bin/npm"
  installed "$packages"
  : >"$work/calls"
  PATH=$work/bin:$work/without_npm "$work/tools/setup.sh" >/dev/null 2>&1
  grep -q 'apt-get .* install --no-install-recommends npm$' "$work/calls" ||
    fail "no npm: $(cat "$work/calls")"
  fake npm ''

  installed "$(grep -v '^valgrind$' <<<"$packages")"
  fake apt-get 'exit 100'
  setup
  [[ $status == 1 && $output == *"apt could not install the packages"* ]] ||
    fail "apt failed: status $status: $output"

  as_user=(setpriv --reuid=65534 --clear-groups)
fi

if [[ -z ${as_user[*]} ]] || "${as_user[@]}" true 2>/dev/null; then
  installed bash
  setup
  [[ $status == 1 && $output == *"run './x setup' as root"* ]] ||
    fail "no root: status $status: $output"
fi

command rm "$work/bin/apt-get"
mkdir "$work/none"
ln -s "$(command -v dirname)" "$work/none/"
output=$(PATH=$work/none "$work/tools/setup.sh" 2>&1)
[[ $? == 1 && $output == *"this machine has no apt"* ]] || fail "no apt: $output"

((failures == 0))
