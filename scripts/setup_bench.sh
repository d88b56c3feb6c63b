#!/usr/bin/env bash
# Make .venv-bench, the environment of the engine's rivals; versions are pinned in benchmarks/constraints.txt.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

readonly VENV=.venv-bench PINS=benchmarks/constraints.txt
readonly RIVALS=(
  geopandas gerrychain highspy k-means-constrained libpysal matplotlib networkx numpy pymetis scikit-learn spopt
)

wanted="$(sha256sum <"$PINS") ${RIVALS[*]} $PWD"
if [ -e "$VENV/.stamp" ] && [ "$(<"$VENV/.stamp")" = "$wanted" ]; then
  exit
fi
rm -rf "$VENV"
"${PYTHON:-/usr/bin/python3}" -m venv "$VENV"
"$VENV/bin/python" -m pip --quiet --disable-pip-version-check install -c "$PINS" "${RIVALS[@]}"
printf '%s\n' "$wanted" >"$VENV/.stamp"
