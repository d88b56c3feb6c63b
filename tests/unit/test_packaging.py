"""What is installed, pinned, versioned and tracked is what the project says."""

import importlib.metadata as metadata
import os
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("partitioning", "gis_core", "maps", "api")

# Registries and folders of one machine; the brackets keep the patterns from matching themselves.
FORBIDDEN_TEXTS = (
    r"pypi[.]org",
    r"pythonhosted[.]org",
    r"registry[.]npmjs",
    r"deb[.]debian[.]org",
    r"nodesource[.]com",
    r"(^|[^A-Za-z0-9_}.~-])[/](root|work|home)[/][A-Za-z0-9.]",
)


def git(*arguments: str) -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    # The checkout may belong to another user than the one who runs the tests.
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def pinned_versions() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def required_names(distribution: str, extras: tuple[str, ...] = ()) -> set[str]:
    """Names of everything that installing the distribution with its extras brings, itself included."""
    found: set[str] = set()
    waiting = [(canonicalize_name(distribution), ("", *extras))]
    seen = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        found.add(name)
        for line in metadata.requires(name) or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted):
                waiting.append((canonicalize_name(requirement.name), ("", *sorted(requirement.extras))))
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_brings_a_package_of_this_name(name: str) -> None:
    assert set(metadata.packages_distributions()[name]) == {"wangge"}


def test_every_package_that_setup_installs_is_pinned_and_installed_as_pinned() -> None:
    pins = pinned_versions()
    names = required_names("wangge", ("demo", "test")) - {"wangge"}
    assert names - pins.keys() == set(), "not in constraints.txt: run `make pin`"
    installed = {name: metadata.version(name) for name in names}
    assert installed == {name: pins[name] for name in names}


def test_version_is_the_newest_of_the_changelog() -> None:
    versions = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert versions[0] == metadata.version("wangge")


def test_licence_file_is_the_licence_that_the_metadata_names() -> None:
    assert metadata.metadata("wangge")["License-Expression"] == "EUPL-1.2"
    assert (ROOT / "LICENSE").read_text().startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")


@pytest.mark.parametrize("pattern", FORBIDDEN_TEXTS)
def test_no_tracked_file_names_a_registry_or_a_folder_of_one_machine(pattern: str) -> None:
    assert git("grep", "-nIE", pattern) == ""


def test_nothing_that_setup_installs_is_tracked() -> None:
    tracked = git("ls-files").splitlines()
    assert [path for path in tracked if re.search(r"(^|/)(node_modules|vendor|\.venv|\.wangge)/", path)] == []


def test_help_lists_every_target() -> None:
    targets = re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    # A make that runs these tests hands its own flags down; they are not this one's.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert targets
    assert [line.split()[0] for line in shown.splitlines()] == targets


def test_continuous_integration_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make --silent test"
