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
mkdir -p "$work/tools" "$work/bin"
cp -L tools/setup.sh tools/packages.txt "$work/tools/"
packages=$(sed 's/[[:space:]]*#.*//; /^$/d' "$work/tools/packages.txt")

# fake NAME BODY: a program found before the real one, which logs its call.
fake() {
  printf '#!/bin/bash\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$work" "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

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

installed "$packages"
setup
((status == 0)) || fail "nothing missing: status $status: $output"
[[ $output == *"packages are installed"* ]] || fail "nothing missing: $output"
setup --if-needed
[[ $status == 0 && -z $output ]] || fail "a second run says: $output"
grep -q apt-get "$work/calls" && fail "apt-get called with nothing missing"

if ((EUID == 0)); then
  installed "$(grep -v -e '^valgrind$' -e '^redis-server$' <<<"$packages")"
  setup
  ((status == 0)) || fail "two missing: status $status: $output"
  grep -q 'apt-get .* update' "$work/calls" || fail "no apt-get update"
  grep -q 'apt-get .* install --no-install-recommends valgrind redis-server$' "$work/calls" ||
    fail "calls: $(cat "$work/calls")"
  grep -q 'systemctl disable .*redis-server' "$work/calls" ||
    fail "the redis service stays enabled"

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
