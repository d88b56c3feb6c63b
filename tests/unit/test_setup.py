"""The set-up script: what it says where it cannot install, and that it repairs and does not repeat itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "setup.sh"

# The programs that the script itself needs; tests add stand-ins for those that would change the machine.
TOOLS = ("bash", "cat", "dirname", "env", "grep", "mktemp", "rm", "tail")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that serves as PATH: no Python, Node, apt or sudo in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return folder


def add_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def run_setup(kind: str, programs: Path, os_release: str) -> subprocess.CompletedProcess[str]:
    release = programs.parent / "os-release"
    release.write_text(os_release)
    environment = {"PATH": str(programs), "OS_RELEASE": str(release), "TMPDIR": str(programs.parent)}
    return subprocess.run([SCRIPT, kind], env=environment, capture_output=True, text=True, check=False)


def bookworm_without_packages(programs: Path, *, user_id: int) -> None:
    add_program(programs, "dpkg-query", "exit 1")
    add_program(programs, "apt-get", "echo 'E: Unable to locate package' >&2; exit 100")
    add_program(programs, "id", f"echo {user_id}")


def test_another_system_gets_a_list_of_what_to_install(programs: Path) -> None:
    done = run_setup("demo", programs, 'ID=fedora\nVERSION_CODENAME=""\n')
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert (
        "Only Debian 12 is set up automatically. Install these, then run the same command again:" in lines[1]
    )
    assert "✗   Node.js >= 18" in lines
    assert "✗   npm" in lines
    assert "GDAL" not in done.stderr


def test_another_system_is_told_of_the_tests_needs_too(programs: Path) -> None:
    done = run_setup("test", programs, "ID=arch\n")
    assert done.returncode == 1
    assert "✗   GDAL command line (ogrinfo, ogr2ogr)" in done.stderr.splitlines()
    assert "✗   a Chinese font (Noto Sans CJK, WenQuanYi Micro Hei)" in done.stderr.splitlines()


def test_neither_root_nor_sudo_gets_the_command_to_run(programs: Path) -> None:
    bookworm_without_packages(programs, user_id=1000)
    done = run_setup("demo", programs, "VERSION_CODENAME=bookworm\n")
    assert done.returncode == 1
    assert "Packages are missing, and this is neither root nor sudo." in done.stderr
    command = done.stderr.splitlines()[-1].split()
    assert command[1:8] == ["apt-get", "update", "&&", "apt-get", "install", "-y", "--no-install-recommends"]
    assert {*command[8:]} - {"python3", "python3-venv"} == {
        "postgresql-15",
        "postgresql-15-postgis-3",
        "fontconfig",
        "fonts-wqy-microhei",
        "libpango-1.0-0",
        "libpangoft2-1.0-0",
        "nodejs",
        "npm",
    }


def test_a_failing_apt_shows_its_words_and_where_the_rest_is(programs: Path) -> None:
    bookworm_without_packages(programs, user_id=1000)
    # Stands for root: runs apt's stand-in, and leaves the folders of the machine alone.
    add_program(
        programs,
        "sudo",
        'case "$1" in env) exec "$@" ;; tee) cat >/dev/null ;; esac',
    )
    done = run_setup("demo", programs, "VERSION_CODENAME=bookworm\n")
    assert done.returncode == 1
    assert "some package sources could not be updated" in done.stdout
    assert "E: Unable to locate package" in done.stderr
    log = done.stderr.rsplit("its whole output is in ", 1)[1].strip()
    assert "E: Unable to locate package" in Path(log).read_text()
    assert "apt-get install -y --no-install-recommends postgresql-15" in done.stderr


def test_an_unknown_kind_gets_the_usage() -> None:
    done = subprocess.run([SCRIPT, "everything"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "usage: scripts/setup.sh demo|test" in done.stderr


# Builds an empty wheel by the standard library alone.
SMALL_BACKEND = """
import zipfile

METADATA = "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\nProvides-Extra: demo\\nProvides-Extra: test\\n"
WHEEL = "Wheel-Version: 1.0\\nGenerator: small\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("small-1.dist-info/METADATA", METADATA)
        wheel.writestr("small-1.dist-info/WHEEL", WHEEL)
        wheel.writestr("small-1.dist-info/RECORD", "")
    return name
"""


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A checkout in a folder with a space in its name, that needs no network: no dependencies, no npm packages."""
    folder = tmp_path / "a checkout"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "scripts")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(SMALL_BACKEND)
    (folder / "constraints.txt").write_text("")
    (folder / "maps" / "node_modules").mkdir(parents=True)
    (folder / "maps" / "static" / "vendor").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "vendor.mjs"):
        (folder / "maps" / name).write_text("")
    (folder / "partitioning").mkdir()
    for name in ("__init__.py", "warm_up.py"):
        (folder / "partitioning" / name).write_text("")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="later ensurepip brings no setuptools, which a network would"
)
def test_setup_repeats_nothing_and_makes_a_half_made_environment_anew(small_project: Path) -> None:
    commands = small_project.parent / "commands"
    commands.mkdir()
    add_program(commands, "npm", "true")
    release = small_project.parent / "os-release"
    release.write_text("ID=other\n")

    def set_up() -> str:
        environment = os.environ | {
            "PATH": f"{commands}:{os.environ['PATH']}", "OS_RELEASE": str(release), "PIP_NO_INDEX": "1"
        }  # fmt: skip
        script = small_project / "scripts" / "setup.sh"
        return subprocess.run(
            [script, "test"], env=environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    venv = small_project / ".venv"
    first = set_up()
    assert "making the Python environment .venv" in first
    assert "installing the map assets" in first
    second = set_up()
    assert "Python environment .venv: unchanged" in second
    assert "map assets: unchanged" in second

    (venv / ".unfinished").touch()
    (venv / "left-over").touch()
    assert "making the Python environment .venv" in set_up()
    assert not (venv / "left-over").exists()

    (venv / "bin" / "python").unlink()
    assert "making the Python environment .venv" in set_up()

    (small_project / "constraints.txt").write_text("# raised\n")
    third = set_up()
    assert "making the Python environment .venv" not in third
    assert "installing Python packages" in third
