#!/usr/bin/env bash
# Write constraints.txt anew: the newest versions that fit pyproject.toml, as a fresh environment gets them.
# Run it to raise the versions on purpose, then `make test`, then commit the file.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

# Debian's own Python: some releases leave out its patch level (3.11.2), and pins must be to be had there too.
readonly PYTHON=/usr/bin/python3

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$PYTHON" -m venv "$fresh"
pip=("$fresh/bin/python" -m pip --quiet --disable-pip-version-check)
"${pip[@]}" install --upgrade pip setuptools
"${pip[@]}" install --no-build-isolation --editable '.[demo,test]'
{
  echo '# Exact versions of everything that set-up installs. Written by scripts/pin.sh; not edited by hand.'
  "${pip[@]}" freeze --all --exclude-editable
} >constraints.txt
