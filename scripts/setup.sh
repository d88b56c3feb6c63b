#!/usr/bin/env bash
# Set up everything that a run needs, from a clean clone: `scripts/setup.sh demo` or `scripts/setup.sh test`.
#
# Four steps, each skipped when it is already done, so that the script can run before every command:
#   1. Debian packages (PostgreSQL + PostGIS, Pango and a Chinese font to print, Python, Node;
#      for `test` also Chromium, fonts, GDAL, Poppler, QGIS);
#   2. a virtual environment `.venv` with the versions pinned in constraints.txt;
#   3. the engine, compiled (beside partitioning/, in its __pycache__);
#   4. the map's npm assets (maps/node_modules, maps/static/vendor).
# Only Debian 12 is installed on by itself; on another system what is missing is listed and the status is 1.
set -euo pipefail

ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
readonly ROOT VENV="$ROOT/.venv"
readonly OS_RELEASE="${OS_RELEASE:-/etc/os-release}" # the tests point it at other systems
readonly NO_CLUSTER=/etc/postgresql-common/createcluster.d/zz-wangge.conf
readonly SERVER_PACKAGES=(postgresql-15 postgresql-15-postgis-3)
readonly PRINT_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 fontconfig fonts-wqy-microhei)
readonly TEST_PACKAGES=(chromium fonts-noto-cjk gdal-bin poppler-utils python3-qgis qgis-providers)
# The same browser without its window: pages load in it in half the time. Tests take Chromium where it is absent.
readonly FASTER_BROWSER=chromium-headless-shell

say() { printf '» %s · %s\n' "$1" "$2"; }

fail() {
  printf '✗ %s\n' "$@" >&2
  exit 1
}

# Run a command quietly; where it fails, show the end of its output, keep the whole and stop. $1: what failed.
quietly() {
  local what=$1 log
  shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    fail "安装失败，完整记录：$log" "$what failed; its whole output is in $log"
  fi
  rm "$log"
}

# ---- what is there ---------------------------------------------------------------------------------------

is_bookworm() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null && [ -r "$OS_RELEASE" ] &&
    grep -qxE '(VERSION|DEBIAN)_CODENAME="?bookworm"?' "$OS_RELEASE"
}

# A Python >= 3.11 that can make virtual environments; prints its path.
find_python() {
  local name path
  for name in python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
    path=$(command -v "$name") || continue
    if "$path" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$path"
      return
    fi
  done
  return 1
}

has_node() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' 2>/dev/null; }

# Prints the Debian packages that are missing for $1, one a line.
missing_packages() {
  local wanted=("${SERVER_PACKAGES[@]}" "${PRINT_PACKAGES[@]}")
  [ "$1" = demo ] || wanted+=("${TEST_PACKAGES[@]}")
  find_python >/dev/null || wanted+=(python3 python3-venv)
  # Debian's npm conflicts with the nodejs packages of others, so it is asked for only where there is none.
  has_node || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
  printf '%s\n' "${wanted[@]}" | while read -r name; do
    grep -qx "$name installed" <<<"$installed" || printf '%s\n' "$name"
  done
}

has_postgis() {
  local control
  for control in /usr/share/postgresql/*/extension/postgis.control \
    "$(pg_config --sharedir 2>/dev/null)"/extension/postgis.control; do
    [ -e "$control" ] && return
  done
  return 1
}

has_pango() { grep -q 'libpangoft2-1\.0' <<<"$(/sbin/ldconfig -p 2>/dev/null)"; }

# The same needs as programs, for systems whose packages have other names; prints what is missing.
missing_programs() {
  find_python >/dev/null || echo 'Python >= 3.11, with venv'
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null ||
    echo 'PostgreSQL >= 15, the server (initdb on PATH or under /usr/lib/postgresql)'
  has_postgis || echo 'PostGIS >= 3.3 for that PostgreSQL'
  has_node || echo 'Node.js >= 18'
  command -v npm >/dev/null || echo 'npm'
  has_pango || echo 'Pango >= 1.44 (libpango, libpangoft2), to print'
  [ -n "$(fc-list ':lang=zh' 2>/dev/null)" ] || echo 'a Chinese font (Noto Sans CJK, WenQuanYi Micro Hei)'
  [ "$1" = test ] || return 0
  [ -x /usr/bin/chromium ] || echo 'Chromium at /usr/bin/chromium'
  command -v pdftotext >/dev/null || echo 'Poppler command line (pdftotext, pdftoppm, pdffonts)'
  command -v ogrinfo >/dev/null || echo 'GDAL command line (ogrinfo, ogr2ogr)'
  /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || echo 'QGIS >= 3.22 for /usr/bin/python3'
}

# ---- 1. packages of the system ---------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 "$@" 9<&-; }

# Installing PostgreSQL normally starts a cluster on port 5432; ours lives in the data folder instead.
forbid_system_cluster() {
  as_root mkdir -p "${NO_CLUSTER%/*}"
  echo 'create_main_cluster = false' | as_root tee "$NO_CLUSTER" >/dev/null
  trap 'as_root rm -f "$NO_CLUSTER"' EXIT
}

allow_system_cluster() {
  as_root rm -f "$NO_CLUSTER"
  trap - EXIT
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$1")
  if [ ${#missing[@]} = 0 ]; then
    say '系统软件包：已齐全' 'Debian packages: all there'
    return
  fi
  local install=(install -y --no-install-recommends "${missing[@]}")
  can_be_root || fail "缺少软件包，且既非 root 也无 sudo。请以 root 运行：" \
    'Packages are missing, and this is neither root nor sudo. Run as root, then try again:' \
    "  apt-get update && apt-get ${install[*]}"
  say "安装系统软件包：${missing[*]}" 'installing Debian packages'
  # One source that cannot be reached must not stop the others: the install tells what is really missing.
  apt_get update >/dev/null || say '部分软件源无法更新' 'some package sources could not be updated'
  forbid_system_cluster
  quietly "apt-get ${install[*]}" apt_get "${install[@]}"
  allow_system_cluster
}

# What it saves is not worth waiting for a mirror that does not answer: reading and fetching end after a while.
install_faster_browser() {
  [ ! -x "/usr/bin/$FASTER_BROWSER" ] && can_be_root || return 0
  local install=(install -y --no-install-recommends "$FASTER_BROWSER")
  say "安装系统软件包：$FASTER_BROWSER" 'installing a Debian package'
  {
    as_root timeout 60 apt-get -q update &&
      as_root timeout 120 apt-get -q --download-only "${install[@]}" &&
      apt_get "${install[@]}"
  } >/dev/null 2>&1 9<&- ||
    say "未能安装 $FASTER_BROWSER，测试将使用 Chromium" 'it could not be installed; the tests use Chromium'
}

check_programs() {
  local missing
  mapfile -t missing < <(missing_programs "$1")
  if [ ${#missing[@]} -gt 0 ]; then
    fail '本脚本只在 Debian 12 上自动安装。请先安装以下各项，再重试：' \
      'Only Debian 12 is set up automatically. Install these, then run the same command again:' \
      "${missing[@]/#/  }"
  fi
  say '系统软件：已齐全（非 Debian 12）' 'system software: all there (not Debian 12)'
}

# ---- 2. the virtual environment --------------------------------------------------------------------------

hash_of() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

is_stamped() { [ -e "$1" ] && [ "$(<"$1")" = "$2" ]; }

venv_works() {
  [ ! -e "$VENV/.unfinished" ] &&
    "$VENV/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

set_up_venv() {
  local kind=$1 wanted stamp="$VENV/.stamp-$1"
  # The folder is part of it: scripts and the editable install hold absolute paths.
  wanted="$(hash_of "$ROOT/pyproject.toml" "$ROOT/constraints.txt") $ROOT"
  if venv_works; then
    if is_stamped "$stamp" "$wanted"; then
      say "Python 环境 .venv：未变" "Python environment .venv: unchanged"
      return
    fi
  else
    say '建立 Python 环境 .venv' 'making the Python environment .venv'
    rm -rf "$VENV"
    "$(find_python)" -m venv "$VENV"
  fi
  say '安装 Python 依赖（首次约一至三分钟）' 'installing Python packages (1-3 minutes at first)'
  local pip=("$VENV/bin/python" -m pip --disable-pip-version-check install -c constraints.txt)
  local extras=demo
  [ "$kind" = demo ] || extras=demo,test
  rm -f "$VENV"/.stamp-*
  touch "$VENV/.unfinished" # a run that is cut off here makes the next one start over
  quietly 'pip install setuptools' "${pip[@]}" pip setuptools
  quietly "pip install .[$extras]" "${pip[@]}" --no-build-isolation --editable ".[$extras]"
  rm "$VENV/.unfinished"
  printf '%s\n' "$wanted" >"$VENV/.stamp-demo" # the tests' packages include the demo's
  [ "$kind" = demo ] || cp "$VENV/.stamp-demo" "$stamp"
}

# ---- 3. the engine, compiled -----------------------------------------------------------------------------

compile_engine() {
  local stamp="$VENV/.stamp-engine" wanted
  wanted=$(hash_of partitioning/*.py)
  is_stamped "$stamp" "$wanted" && return
  say '编译划分引擎（约一分钟）' 'compiling the engine (about a minute)'
  # numba looks only at the file of the function that it kept, not at those that it calls: begin anew.
  rm -f partitioning/__pycache__/*.nb[ic]
  quietly 'python -m partitioning.warm_up' "$VENV/bin/python" -m partitioning.warm_up
  printf '%s\n' "$wanted" >"$stamp"
}

# ---- 4. the map's assets ---------------------------------------------------------------------------------

set_up_map() {
  local stamp="$ROOT/maps/node_modules/.stamp" wanted
  wanted=$(cd "$ROOT/maps" && hash_of package.json package-lock.json vendor.mjs)
  if is_stamped "$stamp" "$wanted" && [ -d "$ROOT/maps/static/vendor" ]; then
    say '地图资源：未变' 'map assets: unchanged'
    return
  fi
  say '安装地图资源（npm）' 'installing the map assets (npm)'
  rm -f "$stamp"
  quietly 'npm ci in maps/' npm --prefix maps ci
  quietly 'npm run vendor in maps/' npm --prefix maps run vendor
  printf '%s\n' "$wanted" >"$stamp"
}

# ----------------------------------------------------------------------------------------------------------

main() {
  case "${1:-}" in
  demo | test) ;;
  *) fail "用法 · usage: scripts/setup.sh demo|test" ;;
  esac
  # One at a time: `make demo` and `make test` may be started together.
  if command -v flock >/dev/null; then
    exec 9<"${BASH_SOURCE[0]}"
    flock -n 9 || { say '等待另一个安装过程' 'waiting for another set-up to end' && flock 9; }
  fi
  cd "$ROOT"
  if is_bookworm; then install_packages "$1"; else check_programs "$1"; fi
  if is_bookworm && [ "$1" = test ]; then install_faster_browser; fi
  set_up_venv "$1"
  compile_engine
  set_up_map
}

main "$@"
