"""What the server takes for edits of many planners at a time, and for the first news of a repair."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

RATE_HZ = 2.0
"""Edits a second of each planner."""


@dataclass
class Load:
    """Milliseconds of each PATCH, 412 among them, and of each edit until it was saved, repeated requests among them."""

    requests: list[float] = field(default_factory=list)
    saved: list[float] = field(default_factory=list)


class Planner:
    """One of many on a plan: it hears of the others' edits as the page does, and moves buildings of its own."""

    def __init__(self, url: str, token: str, plan: int, number: int, load: Load) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self._path, self._number, self._load = f"/plans/{plan}", number, load
        self._choose = random.Random(number)
        self.revision = self._client.get(self._path).json()["revision"]
        self.grids: dict[str, int] = self._client.get(f"{self._path}/assignments").json()

    def listen(self) -> None:
        """From now on, know the newest revision as soon as the server tells it; until the server ends."""
        there = threading.Event()
        threading.Thread(target=self._hear, args=[there], daemon=True).start()
        there.wait()

    def _hear(self, there: threading.Event) -> None:
        path = f"{self._path}/events?after={self.revision}"
        with suppress(httpx.TransportError), self._client.stream("GET", path, timeout=None) as answer:
            for name, data in events(answer.iter_lines()):
                there.set()
                if name == "edit":
                    self.revision = max(self.revision, data["revision"])

    def work(self, own: list[str], edits: int) -> None:
        """So many edits at the rate."""
        began = time.perf_counter() + self._choose.uniform(0, 1 / RATE_HZ)
        for turn in range(edits):
            threading.Event().wait(max(0.0, began + turn / RATE_HZ - time.perf_counter()))
            building = self._choose.choice(own)
            source = self.grids[building]
            self._save(f"{self._number}-{turn}", int(building), source, source % 8 + 1)
            self.grids[building] = source % 8 + 1

    def _save(self, key: str, building: int, source: int, target: int) -> None:
        asked = time.perf_counter()
        while True:
            sent = time.perf_counter()
            answer = self._client.patch(
                f"{self._path}/assignments",
                headers={
                    "If-Match": f'"r{self.revision}"',
                    "Idempotency-Key": key,
                    "Prefer": "handling=lenient",
                },
                json={"moves": [{"building": building, "from": source, "to": target}], "kind": "click"},
            )
            now = time.perf_counter()
            self.revision = max(self.revision, answer.json()["revision"])
            self._load.requests.append(1000 * (now - sent))
            if answer.status_code != 412:
                answer.raise_for_status()
                self._load.saved.append(1000 * (now - asked))
                return


def edits_of_many(url: str, tokens: list[str], plan: int, seconds: float) -> Load:
    """Planners edit one plan at a time, each other buildings; who is refused (412) asks again on the newest one."""
    load = Load()

    planners = [Planner(url, token, plan, number, load) for number, token in enumerate(tokens)]
    buildings = list(planners[0].grids)
    threads = [
        threading.Thread(target=one.work, args=[buildings[number :: len(planners)], int(seconds * RATE_HZ)])
        for number, one in enumerate(planners)
    ]
    for planner in planners:
        planner.listen()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load


def repair(client: httpx.Client, plan: int) -> dict[str, float]:
    """Milliseconds from asking for a repair until its first news, the first plan found, and its end."""
    began = time.perf_counter()
    asked = client.post(f"/plans/{plan}/repair", json={})
    asked.raise_for_status()
    found: dict[str, float] = {}
    with client.stream("GET", f"/jobs/{asked.json()['id']}/events") as answer:
        for name, data in events(answer.iter_lines()):
            now = 1000 * (time.perf_counter() - began)
            found.setdefault("first news", now)
            if data.get("found"):
                found.setdefault("first plan", now)
            if name == "done":
                found["done"] = now
    return found


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, data) of each event of a stream."""
    name = ""
    for line in lines:
        field_, _, value = line.partition(": ")
        if field_ == "event":
            name = value
        elif field_ == "data":
            yield name, json.loads(value)
