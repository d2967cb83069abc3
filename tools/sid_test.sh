#!/bin/bash
# Proves the MODULE.bazel world with no network but Debian's: in a chroot of
# Debian sid, Bazel 7 builds the project with the newest g++ and libraries and
# runs the unit tests. The chroot stays in the user's cache for the next run.
#
# All mounts live in a namespace of their own, and so do all processes: nothing
# is left of them when this ends, however it ends.
set -euo pipefail

readonly mirror=http://deb.debian.org/debian
readonly packages=(bazel-bootstrap g++ libabsl-dev libgtest-dev libgmock-dev
  googletest binutils python3 valgrind)
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/headroom
readonly chroot=$cache/sid
root=$(realpath "$(dirname "$(realpath "$0")")/..")
readonly root

say() {
  echo "sid_test: $*" >&2
}

die() {
  say "$*"
  exit 1
}

inside() {
  chroot "$chroot" env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    ${http_proxy:+http_proxy="$http_proxy"} "$@" </dev/null
}

apt() {
  inside apt-get -q -y -o Acquire::Check-Valid-Until=false -o Dpkg::Use-Pty=0 "$@" >&2
}

make_chroot() {
  say "making a Debian sid chroot in $chroot (some minutes, 2 GB)"
  rm -rf "$chroot"
  mkdir -p "$cache"
  debootstrap --variant=minbase sid "$chroot" "$mirror" >&2 ||
    die "debootstrap failed, is $mirror within reach?"
}

mount_all() {
  mount --make-rprivate /
  mount -t proc proc "$chroot/proc"
  mount --rbind /dev "$chroot/dev"
  mkdir -p "$chroot/headroom"
  mount --bind "$root" "$chroot/headroom"
  mount -o remount,bind,ro "$chroot/headroom"
}

install_packages() {
  say "installing Bazel 7, g++ and libraries of sid"
  printf '#!/bin/sh\nexit 101\n' >"$chroot/usr/sbin/policy-rc.d"
  chmod 755 "$chroot/usr/sbin/policy-rc.d"
  apt update
  apt install --no-install-recommends "${packages[@]}"
  apt clean
}

# The stamp names the packages: a chroot that lacks some gets them.
in_namespace() {
  local stamp=$chroot/.packages
  [[ -e $stamp ]] || make_chroot
  mount_all
  if [[ ! -e $stamp || $(<"$stamp") != "${packages[*]}" ]]; then
    install_packages
    echo "${packages[*]}" >"$stamp"
  fi
  inside /headroom/tools/sid_inside.sh
}

case ${1-} in
  --in-namespace) in_namespace ;;
  '')
    command -v debootstrap >/dev/null || "$root/tools/setup.sh"
    as_root=()
    if ((EUID != 0)); then
      sudo -n true 2>/dev/null || die "a chroot needs root: run 'sudo ./x test --sid'"
      as_root=(sudo -n "XDG_CACHE_HOME=${cache%/headroom}")
    fi
    exec "${as_root[@]}" unshare --mount --pid --fork --kill-child \
      "$root/tools/sid_test.sh" --in-namespace
    ;;
  *) die "takes no argument, got '$1'" ;;
esac
