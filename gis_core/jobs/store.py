"""The queue of jobs in the database: any number of workers take from it, and a dead worker's job is taken up again.

Every change is told on CHANNEL once it is committed. A worker's writes name the attempt that it took, so that one that
was given up for dead changes nothing any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gis_core import audit
from gis_core.editing.store import plan_row
from gis_core.errors import ConflictError, NotFoundError
from gis_core.jobs.rules import FAILED, JobBody, JobKind, JobStatus, failure

CHANNEL = "wangge_job"
"""Channel on which each change of a job is told: {"job", "event"} as JSON; event: queued, progress, cancel, done."""
SILENT_S = 30
"""A running job whose worker was not heard of for so long is taken up by another."""
ATTEMPTS = 3
"""A job that was begun so often and never ended is given up."""
KEPT_DAYS = 30
"""Jobs that ended longer ago are deleted; the edits that came of them stand in the journal."""


@dataclass(frozen=True)
class Job:
    """A job as stored: see gis_core.tables_jobs."""

    id: int
    plan_id: int
    kind: JobKind
    status: JobStatus
    body: Mapping[str, Any]
    by: str
    cancelled: bool
    attempts: int
    revision: int | None
    progress: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    created_at: datetime
    heard_at: datetime | None
    finished_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", JobKind(self.kind))
        object.__setattr__(self, "status", JobStatus(self.status))


def add_job(connection: psycopg.Connection, plan: int, kind: JobKind, body: JobBody, *, by: str) -> Job:
    """Queue a job. The caller owns the transaction.

    Raises:
        ConflictError: a job of this plan is open.
    """
    with connection.cursor(row_factory=class_row(Job)) as cursor:
        job = cursor.execute(
            "INSERT INTO plan_job (plan_id, kind, body, by) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (plan_id) WHERE status IN ('queued', 'running') DO NOTHING RETURNING *",
            [plan, kind, Jsonb(body.to_dict()), by],
        ).fetchone()
    if job is None:
        raise ConflictError(
            f"The engine works on plan {plan} already; wait for its answer, or cancel that job first.",
            "引擎正在计算这个方案；请等它结束，或先取消该任务。",
        )
    row = plan_row(connection, plan)
    audit.record(
        connection, by, f"job.{kind}", f"plan {plan}", community_id=row.community_id, details={"job": job.id}
    )
    _tell(connection, job, "queued")
    return job


def read_job(connection: psycopg.Connection, job: int) -> Job:
    """A job. Raises NotFoundError."""
    with connection.cursor(row_factory=class_row(Job)) as cursor:
        found = cursor.execute("SELECT * FROM plan_job WHERE id = %s", [job]).fetchone()
    if found is None:
        raise NotFoundError(f"There is no job with the id {job}.", f"没有编号为 {job} 的任务。")
    return found


def open_job(connection: psycopg.Connection, plan: int) -> Job | None:
    """The plan's job that is queued or running."""
    with connection.cursor(row_factory=class_row(Job)) as cursor:
        return cursor.execute(
            "SELECT * FROM plan_job WHERE plan_id = %s AND status IN ('queued', 'running')", [plan]
        ).fetchone()


def claim(connection: psycopg.Connection) -> Job | None:
    """Take the oldest job that waits, or whose worker is silent; one that was begun too often fails.

    The connection commits by itself.
    """
    while True:
        with connection.transaction(), connection.cursor(row_factory=class_row(Job)) as cursor:
            job = cursor.execute(_CLAIM, {"silent": SILENT_S}).fetchone()
            if job is None:
                return None
            if job.attempts <= ATTEMPTS:
                _tell(connection, job, "progress")
                return job
            _finish(connection, job, JobStatus.FAILED, failure(FAILED))


_CLAIM = """
UPDATE plan_job SET status = 'running', attempts = attempts + 1, heard_at = now(),
    progress = '{"share": 0, "found": null}'
WHERE id = (
    SELECT id FROM plan_job
    WHERE status = 'queued' OR (status = 'running' AND heard_at < now() - %(silent)s * interval '1 second')
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


def tell_progress(connection: psycopg.Connection, job: Job, progress: Mapping[str, Any]) -> bool:
    """Save how far the job is; False where it shall end, or is another worker's by now."""
    row = connection.execute(
        "UPDATE plan_job SET progress = %(progress)s, heard_at = now()"
        " WHERE id = %(id)s AND attempts = %(attempts)s AND status = 'running' RETURNING cancelled",
        {"progress": Jsonb(dict(progress)), "id": job.id, "attempts": job.attempts},
    ).fetchone()
    _tell(connection, job, "progress")
    return row is not None and not row[0]


def beat(connection: psycopg.Connection, job: Job) -> None:
    """Tell that the job's worker lives."""
    connection.execute(
        "UPDATE plan_job SET heard_at = now() WHERE id = %(id)s AND attempts = %(attempts)s AND status = 'running'",
        {"id": job.id, "attempts": job.attempts},
    )


def requeue(connection: psycopg.Connection, job: Job) -> None:
    """Give a job back that its worker cannot end: it stops."""
    connection.execute(
        "UPDATE plan_job SET status = 'queued', attempts = attempts - 1"
        " WHERE id = %(id)s AND attempts = %(attempts)s AND status = 'running'",
        {"id": job.id, "attempts": job.attempts},
    )
    _tell(connection, job, "queued")


def finish(
    connection: psycopg.Connection,
    job: Job,
    status: JobStatus,
    result: Mapping[str, Any],
    revision: int | None,
) -> None:
    """Save the answer, unless the job is another worker's by now, and forget the jobs of long ago."""
    with connection.transaction():
        _finish(connection, job, status, result, revision)
        connection.execute(
            "DELETE FROM plan_job WHERE finished_at < now() - %s * interval '1 day'", [KEPT_DAYS]
        )


def _finish(
    connection: psycopg.Connection,
    job: Job,
    status: JobStatus,
    result: Mapping[str, Any],
    revision: int | None = None,
) -> None:
    connection.execute(
        "UPDATE plan_job SET status = %(status)s, result = %(result)s, revision = %(revision)s, finished_at = now()"
        " WHERE id = %(id)s AND attempts = %(attempts)s AND status = 'running'",
        {"status": status, "result": Jsonb(dict(result)), "revision": revision, "id": job.id,
         "attempts": job.attempts},
    )  # fmt: skip
    _tell(connection, job, "done")


def cancel(connection: psycopg.Connection, job: int, *, by: str) -> Job:
    """Ask for the end of a job: one that waits ends at once, a running one as soon as its worker sees it.

    The caller owns the transaction. A job that has ended stays as it is. Raises NotFoundError.
    """
    connection.execute(
        "UPDATE plan_job SET cancelled = true,"
        " finished_at = CASE status WHEN 'queued' THEN now() END,"
        " status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END"
        " WHERE id = %s AND status IN ('queued', 'running')",
        [job],
    )
    found = read_job(connection, job)
    row = plan_row(connection, found.plan_id)
    audit.record(
        connection,
        by,
        "job.cancel",
        f"plan {found.plan_id}",
        community_id=row.community_id,
        details={"job": job},
    )
    _tell(connection, found, "cancel" if found.status is JobStatus.RUNNING else "done")
    return found


def _tell(connection: psycopg.Connection, job: Job, event: str) -> None:
    connection.execute(
        "SELECT pg_notify(%s, json_build_object('job', %s::bigint, 'event', %s::text)::text)",
        [CHANNEL, job.id, event],
    )
