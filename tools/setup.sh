#!/bin/bash
# Installs the packages of packages.txt that are missing, with apt, and the
# benchmark report's plotting library, with npm. With --if-needed it says nothing
# when there is nothing to do.
set -euo pipefail

tools=$(dirname "$0")
list=$tools/packages.txt
quiet=0
[[ ${1-} == --if-needed ]] && quiet=1

die() {
  echo "x setup: $*" >&2
  exit 1
}

if ! command -v dpkg-query apt-get >/dev/null; then
  die "this machine has no apt. Headroom's set-up is for Debian 12 (bookworm)."
fi

mapfile -t wanted < <(sed 's/[[:space:]]*#.*//; /^$/d' "$list")
# Not in the list: other vendors' nodejs has npm in it and refuses Debian's.
command -v npm >/dev/null || wanted+=(npm)

# Nothing but the report needs it, so nothing else fails without it.
install_plotting_library() {
  "$tools/bench/report/install.sh" ||
    echo "x setup: going on without the benchmark report's plotting library." >&2
}

# A package's exact status; one never seen makes dpkg-query fail, hence `|| true`.
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' \
  "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  install_plotting_library
  ((quiet)) || echo "x setup: all ${#wanted[@]} packages are installed."
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  sudo -n true 2>/dev/null ||
    die "packages are missing and apt needs root: run './x setup' as root, or" \
      "with sudo, once. Missing: ${missing[*]}"
  as_root=(sudo -n)
fi

# Tests start the daemons they need by themselves. Debian's packages would
# start and enable them for the whole machine.
policy=/usr/sbin/policy-rc.d
made_policy=0
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin $policy
  made_policy=1
fi
clean_up() {
  ((!made_policy)) || "${as_root[@]}" rm -f $policy
}
trap clean_up EXIT

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confold "$@" </dev/null
}

echo "x setup: installing packages: ${missing[*]}" >&2
apt update >&2 || echo "x setup: apt-get update failed; going on with the old lists." >&2
apt install --no-install-recommends "${missing[@]}" >&2 ||
  die "apt could not install the packages. On Debian 12 they come from bookworm" \
    "and bookworm-security; are both in /etc/apt/sources.list?"

if command -v systemctl >/dev/null; then
  for package in "${missing[@]}"; do
    case $package in
      redis-server) "${as_root[@]}" systemctl disable --quiet redis-server || true ;;
      nginx-light) "${as_root[@]}" systemctl disable --quiet nginx || true ;;
    esac
  done
fi
install_plotting_library
echo "x setup: done." >&2
