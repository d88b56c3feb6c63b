"""A worker: takes jobs from the queue one after another, and never writes a plan."""

import logging
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from gis_core.db import libpq_url
from gis_core.editing.ground import Place, Places
from gis_core.editing.service import standing_record
from gis_core.editing.standing import stand
from gis_core.editing.store import PlanRow, grid_codes, plan_row, read_labels
from gis_core.errors import WanggeError
from gis_core.jobs import store
from gis_core.jobs.engine import propose
from gis_core.jobs.rules import FAILED, JobBody, JobStatus, Proposal, failure, moves_between, reason_of
from gis_core.jobs.store import Job
from gis_core.plans.drawing import Ints, plain
from gis_core.repeating import repeating
from partitioning import Rules
from partitioning.errors import PartitioningError

BEAT_S = 5.0
"""How often a worker tells that it lives, whatever the engine does; see store.SILENT_S."""
TELL_S = 0.25
"""Progress is told no more often."""
LOOK_S = 10.0
"""How often to look for jobs of dead workers; those that are queued are told of at once."""
RETRY_S = 1.0
_log = logging.getLogger("wangge.worker")


def work(database_url: str) -> None:
    """Work until an exception ends it, such as SystemExit of a signal: a job under work is given back then."""
    places = Places()
    while True:
        try:
            _take_jobs(database_url, places)
        except psycopg.OperationalError as error:
            _log.warning("the database does not answer, trying again: %s", error)
            time.sleep(RETRY_S)


def _take_jobs(database_url: str, places: Places) -> None:
    with _connection(database_url) as connection:
        connection.execute(f"LISTEN {store.CHANNEL}")
        while True:
            job = None
            try:
                with _signals_held_back():
                    job = store.claim(connection)
                if job is not None:
                    with _beating(database_url, job):
                        _carry_out(connection, places, job)
                    continue
            except (KeyboardInterrupt, SystemExit):
                if job is not None:
                    with _connection(database_url) as other:
                        store.requeue(other, job)
                raise
            for _ in connection.notifies(timeout=LOOK_S, stop_after=1):
                pass


def _connection(database_url: str) -> psycopg.Connection:
    return psycopg.connect(libpq_url(database_url), autocommit=True, application_name="wangge worker")


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Ctrl-C and SIGTERM take effect at the end of the block: what it took is known by then. For the main thread."""
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda told, _: came.append(told))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _beating(database_url: str, job: Job) -> Iterator[None]:
    """For the time of the block, tell that the worker lives: the engine may not ask for long."""

    def beat() -> None:
        try:
            with _connection(database_url) as connection:
                store.beat(connection, job)
        except psycopg.OperationalError as error:
            _log.warning("job %s: the database does not answer: %s", job.id, error)

    with repeating(beat, BEAT_S, f"beats of job {job.id}"):
        yield


def _carry_out(connection: psycopg.Connection, places: Places, job: Job) -> None:
    """Work a job out and save its answer."""
    revision = None
    try:
        row = plan_row(connection, job.plan_id)
        revision = row.revision
        status, result = _answer(connection, places, job, row)
    except psycopg.OperationalError:
        raise
    except (WanggeError, PartitioningError) as error:
        status, result = JobStatus.FAILED, failure(reason_of(error.text("zh"), error.text("en")))
    except Exception:
        _log.exception("job %s (%s of plan %s) broke off", job.id, job.kind, job.plan_id)
        status, result = JobStatus.FAILED, failure(FAILED)
    store.finish(connection, job, status, result, revision)


def _answer(
    connection: psycopg.Connection, places: Places, job: Job, row: PlanRow
) -> tuple[JobStatus, dict[str, Any]]:
    place = places.get(connection, row.community)
    labels = read_labels(connection, row.id, row.community_id)
    rules = Rules.from_dict(row.rules)
    progress = _Progress(connection, job)
    body = JobBody.from_dict(job.body)
    found = propose(place, job.kind, body, row.locks, rules, labels, progress)
    status = JobStatus.CANCELLED if progress.ended else JobStatus.DONE
    return status, _record(found, place, labels, rules, grid_codes(connection, row.id))


class _Progress:
    """Passes the engine's progress on, and the wish that it end."""

    def __init__(self, connection: psycopg.Connection, job: Job) -> None:
        self._connection, self._job, self._next = connection, job, 0.0
        self.ended = False

    def __call__(self, share: float, found: dict[str, Any] | None) -> bool:
        now = time.monotonic()
        if not self.ended and now >= self._next:
            self._next = now + TELL_S
            self.ended = not store.tell_progress(
                self._connection, self._job, {"share": plain(share), "found": found}
            )
        return not self.ended


def _record(
    found: Proposal, place: Place, labels: Ints, rules: Rules, codes: Mapping[int, str]
) -> dict[str, Any]:
    """The answer as it is stored and served: see docs/planner.md."""
    after = None if found.labels is None else standing_record(stand(place, found.labels, rules), codes)
    return {
        "status": found.status,
        "moves": [] if found.labels is None else moves_between(place.keys, labels, found.labels),
        "reasons": list(found.reasons),
        "before": standing_record(stand(place, labels, rules), codes),
        "after": after,
        "alternatives": [
            {
                "preset": one.preset,
                "figures": dict(one.figures),
                "moves": moves_between(place.keys, labels, one.labels),
            }
            for one in found.alternatives
        ],
    }
