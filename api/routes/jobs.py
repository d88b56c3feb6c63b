"""The engine beside the planner: jobs that work out proposals for a plan. A job never writes the plan."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse
from pydantic import Field, StrictInt

from api.accounts import By, NeedsJob, edits_plan
from api.deps import Lang, Language, Reader
from api.job_feeds import watch_job
from api.routes.plan_edits import Body, Id, Number
from api.schemas import JobId, PlanId
from api.streams import stream
from api.writing import transaction
from gis_core.accounts.rules import Permission
from gis_core.jobs import service, store
from gis_core.jobs.rules import JobBody, JobKind
from gis_core.jobs.store import Job
from gis_core.layers.plan_views import reason_text
from partitioning.rules import Preset

router = APIRouter(tags=["jobs"])
reads_job = Depends(NeedsJob(Permission.DRAFT_READ))
ends_job = Depends(NeedsJob(Permission.PLAN_EDIT))


class DrawBody(Body):
    """What goes with every job: keep: buildings that stay where they are, beside the plan's locks."""

    seed: Annotated[StrictInt, Field(ge=0, lt=2**32)] = 0
    keep: Annotated[tuple[Id, ...], Field(max_length=100_000)] = ()
    preset: Preset | None = None

    def asked(self) -> JobBody:
        """As the rules of jobs have it."""
        return JobBody(**self.model_dump())


class SplitBody(DrawBody):
    """The grid to split, and into how many."""

    grid: Number
    into: Annotated[StrictInt, Field(ge=2, le=32767)] = 2


def told(job: Job, lang: Lang) -> dict[str, Any]:
    """A job as the API answers it."""
    result = job.result and {
        **job.result,
        "reasons": [reason | {"text": reason_text(reason, lang)} for reason in job.result["reasons"]],
    }
    return {
        "id": job.id, "plan": job.plan_id, "kind": job.kind, "status": job.status, "by": job.by,
        "created_at": job.created_at.isoformat(), "progress": job.progress, "result": result,
        "revision": job.revision,
    }  # fmt: skip


STARTS: dict[JobKind, str] = {
    JobKind.DRAW: "Draw the plan anew around what is locked.",
    JobKind.REPAIR: "The fewest moves after which the rules hold.",
    JobKind.COMPLETE: "Give a grid to the buildings that have none; the others stay.",
    JobKind.SUGGEST: "Several plans, of which none is better than another in every figure.",
    JobKind.EXPLAIN: "Why there is no plan by these rules and locks, and the smallest change that helps.",
}
"""Kinds of job with an optional body, and what they work out."""


def _started(
    request: Request, response: Response, plan: int, by: str, kind: JobKind, body: DrawBody
) -> dict[str, Any]:
    with transaction(request) as connection:
        job = service.start_job(connection, plan, kind, body.asked(), by=by)
    response.headers["Location"] = f"/jobs/{job.id}"
    return {"id": job.id, "kind": job.kind, "status": job.status}


def _starting(kind: JobKind) -> Callable[..., dict[str, Any]]:
    def start(
        request: Request, response: Response, plan: PlanId, by: By, body: DrawBody | None = None
    ) -> dict[str, Any]:
        return _started(request, response, plan, by, kind, body or DrawBody())

    return start


for kind, does in STARTS.items():
    router.post(
        f"/plans/{{plan}}/{kind}", status_code=202, dependencies=[edits_plan], name=kind, description=does
    )(_starting(kind))


@router.post("/plans/{plan}/split", status_code=202, dependencies=[edits_plan])
def split(request: Request, response: Response, plan: PlanId, by: By, body: SplitBody) -> dict[str, Any]:
    """Split a grid into several."""
    return _started(request, response, plan, by, JobKind.SPLIT, body)


@router.get("/jobs/{job}", dependencies=[reads_job])
def one_job(connection: Reader, job: JobId, lang: Language) -> dict[str, Any]:
    """How far a job is, or what it proposes."""
    return told(store.read_job(connection, job), lang)


@router.get("/jobs/{job}/events", dependencies=[reads_job])
async def events(request: Request, job: JobId) -> EventSourceResponse:
    """`progress` as the engine comes on, from where it is now; `done` at the end."""
    return stream(watch_job(request.app.state.pool, request.app.state.listener, job))


@router.delete("/jobs/{job}", status_code=202, dependencies=[ends_job])
def cancel(request: Request, job: JobId, by: By, lang: Language) -> dict[str, Any]:
    """End a job; what was found so far is its result."""
    with transaction(request) as connection:
        return told(store.cancel(connection, job, by=by), lang)
