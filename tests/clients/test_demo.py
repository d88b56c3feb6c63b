"""`wangge demo` as a user runs it: it ends with a served map, and Ctrl-C stops everything it started."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.embedded_postgres import EmbeddedPostgres

WANGGE = Path(sys.executable).with_name("wangge")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder that the server's user can reach."""
    with tempfile.TemporaryDirectory(prefix="wangge-demo-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data"
        EmbeddedPostgres(Path(folder) / "data").stop()


def environment(data_dir: Path) -> dict[str, str]:
    own = {"WANGGE_DATA": str(data_dir), "WANGGE_LANG": "en", "PORT": "0"}
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA")} | own


def served(data_dir: Path, **extra: str) -> "tuple[subprocess.Popen[str], str, str]":
    """Start the demo and wait for its last line; the process, what it printed and the URL."""
    process = subprocess.Popen(
        [WANGGE, "demo"], env=environment(data_dir) | extra, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        found = re.search(r"open: (http://127\.0\.0\.1:\d+/)", line)
        if found:
            return process, printed, found[1]
    raise AssertionError(printed)


def get(url: str) -> bytes:
    with urllib.request.urlopen(url) as reply:
        return bytes(reply.read())


def test_demo_serves_at_least_four_grids_and_ctrl_c_stops_everything(data_dir: Path) -> None:
    process, printed, url = served(data_dir)
    assert "they are not real counts" in printed
    assert "result: feasible" in printed or "result: optimal" in printed
    assert b"<html" in get(url)
    [plan] = json.loads(get(f"{url}communities/bubenec/plans"))["plans"]
    assert len(json.loads(get(f"{url}plans/{plan['id']}/grids"))["features"]) >= 4
    assert EmbeddedPostgres(data_dir).status().running
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate()
    assert "Traceback" not in output
    assert not EmbeddedPostgres(data_dir).status().running


def test_demo_a_second_time_keeps_the_plan(data_dir: Path) -> None:
    for _ in range(2):
        process, printed, url = served(data_dir)
        assert len(json.loads(get(f"{url}communities/bubenec/plans"))["plans"]) == 1
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert "nothing changed" in printed


def test_missing_file_and_port_in_use_are_clear_errors(data_dir: Path) -> None:
    done = subprocess.run(
        [WANGGE, "demo"],
        env=environment(data_dir) | {"DATA": "absent.gpkg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATA=absent.gpkg: there is no such file" in done.stderr
    process, _, url = served(data_dir)
    port = url.rstrip("/").rpartition(":")[2]
    second = subprocess.run(
        [WANGGE, "serve", "--port", port],
        env=environment(data_dir),
        capture_output=True,
        text=True,
        check=False,
    )
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    assert second.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in second.stderr
    assert "PORT=" in second.stderr
