"""`wangge demo` as a user runs it: it ends with a served map, and Ctrl-C stops everything it started."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@dataclass
class Demo:
    """A running demo: its process, what it printed until the map was ready, the address and the one-time link."""

    process: "subprocess.Popen[str]"
    printed: str
    url: str
    link: str

    def signed_in(self) -> Callable[[str], bytes]:
        """A reader of paths, signed in by the link as a browser that follows it is."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

        def get(path: str) -> bytes:
            with opener.open(path if path.startswith("http") else self.url + path) as reply:
                return bytes(reply.read())

        assert b"<html" in get(self.link)
        return get

    def interrupt(self) -> str:
        """Ctrl-C, as a terminal sends it to the whole process group; what was printed then."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate()[0]


@contextlib.contextmanager
def served(data_dir: Path, **extra: str) -> Iterator[Demo]:
    process = subprocess.Popen(
        [WANGGE, "demo"], env=environment(data_dir) | extra, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        printed = ""
        for line in process.stdout:
            printed += line
            found = re.search(r"open: ((http://127\.0\.0\.1:\d+/)login/\S+)", line)
            if found:
                yield Demo(process, printed, found[2], found[1])
                return
        raise AssertionError(printed)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_demo_serves_at_least_four_grids_to_its_link_and_ctrl_c_stops_everything(data_dir: Path) -> None:
    with served(data_dir) as demo:
        assert "they are not real counts" in demo.printed
        assert "result: feasible" in demo.printed or "result: optimal" in demo.printed
        for path in ("communities", "plans/1", "tiles/buildings/0/0/0"):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(demo.url + path)
        get = demo.signed_in()
        with pytest.raises(urllib.error.HTTPError, match="410"):
            urllib.request.urlopen(demo.link)
        [plan] = json.loads(get("communities/bubenec/plans"))["plans"]
        assert len(json.loads(get(f"plans/{plan['id']}/grids"))["features"]) >= 4
        assert "plan.edit" in json.loads(get(f"plans/{plan['id']}"))["may"]
        assert EmbeddedPostgres(data_dir).status().running
        assert "Traceback" not in demo.interrupt()
        assert not EmbeddedPostgres(data_dir).status().running


def test_a_terminated_demo_stops_its_database_and_a_second_one_keeps_the_plan(data_dir: Path) -> None:
    with served(data_dir) as demo:
        demo.process.terminate()
        demo.process.communicate()
        assert demo.process.returncode == 128 + signal.SIGTERM
        assert not EmbeddedPostgres(data_dir).status().running
    with served(data_dir) as demo:
        assert len(json.loads(demo.signed_in()("communities/bubenec/plans"))["plans"]) == 1
        assert "nothing changed" in demo.printed


def test_missing_file_is_a_clear_error(data_dir: Path) -> None:
    done = subprocess.run(
        [WANGGE, "demo"], env=environment(data_dir) | {"DATA": "absent.gpkg"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "DATA=absent.gpkg: there is no such file" in done.stderr


def test_port_in_use_is_a_clear_error(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [WANGGE, "serve", "--port", str(port)], env=environment(data_dir),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "PORT=" in done.stderr
