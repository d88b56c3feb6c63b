"""Plans on paper."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from psycopg_pool import ConnectionPool

from api.accounts import reads_plan
from api.deps import Language, places_of, settings_of
from api.schemas import PlanId
from gis_core.editing.store import plan_row
from gis_core.errors import RateError
from gis_core.plans.print_store import printed_plan
from maps.print_map import plan_pdf

router = APIRouter(prefix="/plans", tags=["plans"])

MOST_WAITING = 4
"""Plans that are printed or wait for it; each takes seconds, and a thread that others may need."""
_places_free = threading.BoundedSemaphore(MOST_WAITING)


@contextmanager
def _place_in_the_queue() -> Iterator[None]:
    if not _places_free.acquire(blocking=False):
        raise RateError(
            timedelta(seconds=20),
            "Several plans are being printed already. Try again in half a minute.",
            "正在打印的方案较多，请半分钟后再试。",
        )
    try:
        yield
    finally:
        _places_free.release()


@router.get("/{plan}/print", response_class=Response, dependencies=[reads_plan])
def print_plan(
    request: Request,
    plan: PlanId,
    lang: Language,
    paper: Annotated[Literal["A1", "A3"], Query(description="paper of the wall map")] = "A3",
    sheets: Annotated[bool, Query(description="add a page (A4) for each grid")] = False,
) -> Response:
    """The wall map of a plan as PDF, as it is now."""
    pool: ConnectionPool = request.app.state.pool
    with pool.connection() as connection:  # given back before the pages are set, which takes seconds
        row = plan_row(connection, plan)
        printed = printed_plan(connection, str(row), lang, places_of(request))
    now = datetime.now(UTC).astimezone()
    with _place_in_the_queue():
        content = plan_pdf(
            printed, lang, paper=paper, sheets=sheets, caption=settings_of(request).caption, today=now
        )
    name = f"plan-{plan}-r{row.revision}-{paper}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
