#!/usr/bin/env bash
# Try the two commands on a fresh Debian 12: `scripts/check_fresh_debian.sh FOLDER [setup|demo|test ...]`, as root.
#
# Makes a minimal Debian 12 in FOLDER/debian (debootstrap, from this machine's own package sources), clones this
# repository's last commit into it and times `make setup`, `make demo` until the map is served, and `make test`
# there, in namespaces of its own: nothing is left mounted or running. See docs/howto/fresh-machine.md.
set -euo pipefail

readonly PORT=8765
# How this machine reaches its registries is no business of the project: passed on as it is.
readonly PASSED_ON='^((https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|(PIP|NPM)_(CONFIG_)?(CERT|CAFILE|INDEX_URL|REGISTRY|DEFAULT_TIMEOUT))='

fail() {
  printf '✗ %s\n' "$@" >&2
  exit 1
}

timed() {
  local what=$1 start=$SECONDS status=0
  shift
  "$@" || status=$?
  printf '# %s: %d s, status %d\n' "$what" $((SECONDS - start)) "$status"
  return "$status"
}

# Debian's own sources of this machine, one `deb` line a suite.
debian_sources() {
  # shellcheck disable=SC2016  # apt-get expands these itself
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) main' 'Created-By: Packages' 'Origin: Debian' |
    grep -E ' bookworm[a-z-]* main$' | sort -u
}

make_debian() {
  local sources mirror
  sources=$(debian_sources) || fail "No Debian 12 package source is configured on this machine."
  mirror=$(awk '$3 == "bookworm" { print $2; exit }' <<<"$sources")
  timed debootstrap debootstrap --variant=minbase bookworm "$1" "$mirror" >"$1.log"
}

# What a person has who can clone the project: make, git, and this machine's way to the network.
prepare() {
  local debian=$1 file
  debian_sources >"$debian/etc/apt/sources.list"
  for file in /etc/resolv.conf /etc/hosts /etc/apt/apt.conf; do
    [ ! -e "$file" ] || cp -L "$file" "$debian$file"
  done
  mkdir -p "$debian/usr/local/share/ca-certificates"
  cp -rL /usr/local/share/ca-certificates/. "$debian/usr/local/share/ca-certificates/"
  in_debian 'apt-get -q update && apt-get -qy install --no-install-recommends ca-certificates git make' >>"$debian.log" 2>&1
  rm -rf "$debian/srv/wangge"
  git clone --quiet --no-hardlinks "$ROOT" "$debian/srv/wangge"
}

in_debian() {
  local passed
  mapfile -t passed < <(env | grep -iE "$PASSED_ON")
  chroot "$DEBIAN" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "${passed[@]}" bash -euo pipefail -c "$1"
}

is_served() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

# Until the map is served; then SIGINT, as Ctrl-C sends it, must end the program and its database.
demo() {
  local start=$SECONDS make_pid
  in_debian "cd /srv/wangge && exec make demo PORT=$PORT" &
  make_pid=$!
  until is_served; do
    kill -0 "$make_pid" 2>/dev/null || fail "make demo ended before it served the map."
    sleep 1
  done
  printf '# make demo: map served after %d s\n' $((SECONDS - start))
  # No terminal here: the signal goes to make and to what it runs, as a terminal would send it.
  local pids
  mapfile -t pids < <(descendants "$make_pid")
  kill -INT "${pids[@]}"
  wait "$make_pid" || true
  local left
  left=$(pgrep -lx 'postgres|wangge' || true)
  [ -z "$left" ] || fail "After the interrupt these still run:" "$left"
  echo '# make demo: ended by the interrupt, nothing left running'
}

descendants() {
  local child
  printf '%s\n' "$1"
  for child in $(pgrep -P "$1"); do descendants "$child"; done
}

run_inside() {
  mount -t proc proc "$DEBIAN/proc"
  mount --bind /dev "$DEBIAN/dev"
  mount -t devpts devpts "$DEBIAN/dev/pts"
  mount -t tmpfs tmpfs "$DEBIAN/dev/shm"
  mount -t proc proc /proc
  prepare "$DEBIAN"
  local step
  for step in "$@"; do
    case "$step" in
    setup) timed 'make setup' in_debian 'cd /srv/wangge && make setup' &&
      timed 'make setup again' in_debian 'cd /srv/wangge && make setup' ;;
    demo) demo ;;
    test) timed 'make test' in_debian 'cd /srv/wangge && make test' ;;
    *) fail "no such step: $step (setup, demo or test)" ;;
    esac
  done
}

[ $# -ge 1 ] || fail 'usage: scripts/check_fresh_debian.sh FOLDER [setup|demo|test ...]'
[ "$(id -u)" = 0 ] || fail 'This makes a root file system: run it as root.'
command -v debootstrap >/dev/null || fail 'Install debootstrap first: apt-get install debootstrap'
ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
mkdir -p "$1"
DEBIAN="$(cd -- "$1" && pwd -P)/debian"
readonly ROOT DEBIAN
shift
if [ -z "${IN_NAMESPACE:-}" ]; then
  [ -d "$DEBIAN/etc/apt" ] || make_debian "$DEBIAN"
  IN_NAMESPACE=1 exec unshare --mount --pid --fork --kill-child "${BASH_SOURCE[0]}" "${DEBIAN%/debian}" "$@"
fi
[ $# -gt 0 ] || set -- setup demo test
run_inside "$@"
