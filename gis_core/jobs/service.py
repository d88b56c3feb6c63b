"""Asking the engine for a proposal. The entry point owns the transaction."""

import psycopg

from gis_core.editing.admission import check_editable, check_whole
from gis_core.editing.store import grid_codes, plan_row
from gis_core.jobs.rules import JobBody, JobKind, check_body
from gis_core.jobs.store import Job, add_job
from partitioning import Rules


def start_job(connection: psycopg.Connection, plan: int, kind: JobKind, body: JobBody, *, by: str) -> Job:
    """Queue a job for a draft.

    Raises:
        NotFoundError, ConflictError: there is no such plan; it is no draft, or the engine works on it already.
        InvalidInputError: see `check_body`.
    """
    row = plan_row(connection, plan)
    check_editable(row)
    check_whole(row)
    most = Rules.from_dict(row.rules).grid_range[-1]
    known = [
        key
        for (key,) in connection.execute(
            "SELECT id FROM building WHERE community_id = %s AND id = ANY(%s)",
            [row.community_id, list(body.keep)],
        )
    ]
    check_body(kind, body, known, grid_codes(connection, plan), most)
    return add_job(connection, plan, kind, body, by=by)
