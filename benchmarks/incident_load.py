"""Reports at a steady rate, each at its moment whatever became of the one before; and a server killed meanwhile."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

CLIENTS = 24
RETRY_S = 0.1
_ADDRESS = "open: "


@dataclass
class Served:
    """`wangge serve` on a port of its own; it can be killed and started again."""

    database_url: str
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        own = {"DATABASE_URL": self.database_url, "WANGGE_LANG": "en", "WANGGE_WORKERS": "0"}
        command = [
            sys.executable,
            "-c",
            "from api.cli import main; main()",
            "serve",
            "--port",
            str(self.port),
        ]
        self.process = subprocess.Popen(
            command, env=os.environ | own, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if _ADDRESS in line:
                self.port = int(line.split(_ADDRESS)[1].split()[0].rstrip("/").rsplit(":", 1)[1])
                return
        raise RuntimeError("wangge serve did not start")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def served(database_url: str) -> Iterator[Served]:
    server = Served(database_url, 0)
    server.start()
    try:
        yield server
    finally:
        assert server.process is not None
        server.process.terminate()
        server.process.wait()


@dataclass
class Sent:
    """What came of the reports: seconds until each was acknowledged at its first try, numbers by key, answers else."""

    seconds: list[float] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    late: int = 0


def send_reports(
    server: Served, points: list[tuple[float, float]], rate_hz: float, *, kill_after: float | None = None
) -> Sent:
    """One report for each point, `rate_hz` a second; kill_after: seconds until the server is killed and started again.

    A client whose answer is lost sends the report again with its key, as the page does.
    """
    sent, lock, local = Sent(), threading.Lock(), threading.local()
    began = time.perf_counter() + 0.5

    def one(number: int, point: tuple[float, float]) -> None:
        wait = began + number / rate_hz - time.perf_counter()
        if wait > 0:
            threading.Event().wait(wait)
        key, tries = str(uuid.uuid4()), 0
        asked = time.perf_counter()
        body = {"lon": point[0], "lat": point[1], "category": "001", "description": f"report {number}"}
        while True:
            tries += 1
            try:
                if not hasattr(local, "client"):
                    local.client = httpx.Client(timeout=30)
                answer = local.client.post(
                    f"{server.address}/reports",
                    data={"report": json.dumps(body)},
                    headers={"Idempotency-Key": key},
                )
            except httpx.TransportError:
                threading.Event().wait(RETRY_S)
                continue
            with lock:
                if answer.is_success:
                    sent.numbers[key] = answer.json()["number"]
                    if tries == 1:
                        sent.seconds.append(time.perf_counter() - asked)
                elif answer.status_code < 500:
                    sent.refused.append(answer.text)
                sent.late += asked > began + number / rate_hz + 0.05
            if answer.status_code < 500:
                return
            threading.Event().wait(RETRY_S)

    with ThreadPoolExecutor(CLIENTS) as pool:
        tasks = [pool.submit(one, number, point) for number, point in enumerate(points)]
        if kill_after is not None:
            threading.Event().wait(0.5 + kill_after)
            server.kill()
            server.start()
        for task in tasks:
            task.result()
    return sent


def pages(client: httpx.Client, query: str, times: int) -> list[float]:
    """Seconds of so many pages of a list, each the next of the one before, from the first again at the end."""
    seconds, after = [], None
    for _ in itertools.repeat(None, times):
        began = time.perf_counter()
        answer = client.get(f"/incidents?{query}{f'&after={after}' if after else ''}")
        seconds.append(time.perf_counter() - began)
        answer.raise_for_status()
        after = answer.json()["next"]
    return seconds
