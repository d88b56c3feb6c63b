"""`kill -9` of the server or of PostgreSQL while planners edit: what was acknowledged is there, nothing halved."""

import itertools
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gis_core.accounts.rules import Role
from gis_core.db import ensure_database, migrate
from gis_core.editing.store import edits_since
from gis_core.embedded_postgres import EmbeddedPostgres
from tests.journals import assigned, replayed
from tests.people import bearer, person
from tests.towns.town_sql import CODE, GRID_OF, build

WANGGE = Path(sys.executable).with_name("wangge")
PLANNERS = 3
LONGEST_PAUSE_S = 0.4
WAIT_S = 60


@pytest.fixture
def cluster() -> Iterator[EmbeddedPostgres]:
    """A database as a user has it: one that writes its log to the disk before it acknowledges."""
    with tempfile.TemporaryDirectory(prefix="wangge-killed-") as folder:
        Path(folder).chmod(0o755)
        one = EmbeddedPostgres(Path(folder) / "data")
        one.start()
        ensure_database(one.url())
        migrate(one.url())
        yield one
        one.stop()


class Server:
    """`wangge serve` on one port, started again after each death."""

    def __init__(self, cluster: EmbeddedPostgres) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"WANGGE_DATA": str(cluster.data_dir), "WANGGE_WORKERS": "0", "WANGGE_LANG": "en"}
        self._environment = {
            name: value for name, value in os.environ.items() if name != "DATABASE_URL"
        } | own
        self.start()

    def start(self) -> None:
        """Start it, and wait until it says that it is there."""
        self.process = subprocess.Popen(
            [WANGGE, "serve", "--port", str(self.port)],
            env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert any("open:" in line for line in self.process.stdout), "the server did not start"

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def kill_postgres(cluster: EmbeddedPostgres) -> None:
    """End the server's first process at once; the others notice it."""
    pid = cluster.status().pid
    assert pid is not None
    watch = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    assert select.select([watch], [], [], WAIT_S)[0]
    os.close(watch)


Move = tuple[int, int, int]


@dataclass
class Ledger:
    """What was acknowledged: {revision: (planner, (building, from, to))}; and when to stop."""

    acknowledged: dict[int, tuple[str, Move]] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    last_edit: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)

    def add(self, revision: int, name: str, move: Move) -> None:
        with self.changed:
            self.acknowledged[revision] = (name, move)
            self.changed.notify_all()

    def wait_for_more(self) -> bool:
        """Whether planners go on: a few more edits are acknowledged in time."""
        with self.changed:
            enough = len(self.acknowledged) + PLANNERS
            return self.changed.wait_for(lambda: len(self.acknowledged) >= enough, WAIT_S)


@dataclass
class Planner:
    """Moves buildings at random as fast as it is answered, and asks again, by the same key, what was not answered."""

    name: str
    client: httpx.Client
    plan: int
    ledger: Ledger

    def work(self) -> None:
        """Until the last edit."""
        choose = random.Random(self.name)
        with self.client:
            for number in itertools.count():
                if self.ledger.last_edit.is_set():
                    return
                # the grids are no older than the revision: where they are newer, the edit is refused
                revision = self._answered("GET", f"/plans/{self.plan}").json()["revision"]
                grids = self._answered("GET", f"/plans/{self.plan}/assignments").json()
                building = choose.choice(list(GRID_OF))
                source = grids[str(building)]
                target = choose.choice([one for one in (1, 2, 3, 4) if one != source])
                made = self._move(revision, f"{self.name} {number}", (building, source, target))
                if made is not None:
                    self.ledger.add(made, self.name, (building, source, target))

    def _move(self, revision: int, key: str, move: Move) -> int | None:
        """The revision that the edit became; None where others were faster."""
        building, source, target = move
        answer = self._answered(
            "PATCH", f"/plans/{self.plan}/assignments",
            headers={"If-Match": f'"r{revision}"', "Idempotency-Key": key},
            json={"moves": [{"building": building, "from": source, "to": target}], "kind": "click", "details": {}},
        )  # fmt: skip
        if answer.status_code in (409, 412):
            return None
        assert answer.status_code == 200, answer.text
        return int(answer.json()["edit"]["revision"])

    def _answered(self, method: str, path: str, **request: Any) -> httpx.Response:
        while not self.ledger.given_up.wait(0.02):
            try:
                answer = self.client.request(method, path, **request)
            except httpx.TransportError:
                continue
            if answer.status_code != 503:
                return answer
        raise TimeoutError("not answered to the end")


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_what_was_acknowledged_outlives_kills(cluster: EmbeddedPostgres, kills: int) -> None:
    server, ledger, moment = Server(cluster), Ledger(), random.Random(kills)
    with psycopg.connect(cluster.url()) as pg:
        plan = build(pg)
        planners = [
            Planner(
                name,
                httpx.Client(base_url=server.url, headers=bearer(pg, name), timeout=WAIT_S),
                plan,
                ledger,
            )
            for name in (
                person(pg, f"planner{number}", Role.PLANNER, community=CODE) for number in range(PLANNERS)
            )
        ]
    threads = [threading.Thread(target=one.work) for one in planners]
    for thread in threads:
        thread.start()
    try:
        for number in range(kills):
            assert ledger.wait_for_more(), f"nothing goes through after {number} kills"
            threading.Event().wait(moment.uniform(0, LONGEST_PAUSE_S))
            if number % 2:
                kill_postgres(cluster)  # the server starts it again
            else:
                server.kill()
                server.start()
        assert ledger.wait_for_more()
    finally:
        ledger.last_edit.set()
        for thread in threads:
            thread.join(WAIT_S)
        ledger.given_up.set()
        server.kill()

    assert not any(thread.is_alive() for thread in threads)
    with psycopg.connect(cluster.url()) as pg:
        journal = edits_since(pg, plan, 0)
        assert replayed(journal, GRID_OF) == assigned(pg, plan)
    made = {
        edit.revision: (edit.by, *((move.building, move.source, move.target) for move in edit.moves))
        for edit in journal
    }
    assert made == ledger.acknowledged, "each edit is acknowledged once, and whole"
