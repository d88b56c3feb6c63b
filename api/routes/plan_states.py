"""The life of plans: new drafts, forks, the states that they pass through, and what two of them differ in."""

from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import By, NeedsCommunity, NeedsPlan, edits_plan, reads_both_plans
from api.deps import Language, Reader, language, places_of
from api.incident_gates import office_of
from api.schemas import CommunityCode, PlanId
from api.writing import IfMatch, transaction
from gis_core.accounts.rules import Permission
from gis_core.editing.rules import revision_of
from gis_core.editing.versions import NewPlan, compare_plans, create_draft, fork_plan
from gis_core.incidents.regrid import change_plan
from gis_core.layers.plan_views import plan_summary
from gis_core.plans.rules import PlanStatus
from partitioning import Rules

router = APIRouter(tags=["plans"], dependencies=[Depends(language)])
_adopts = Depends(NeedsPlan(Permission.PLAN_ADOPT))


class ForkBody(BaseModel):
    """The name of a new plan."""

    model_config = ConfigDict(extra="forbid")
    name: str = ""


class DraftBody(ForkBody):
    """The name and the rules of a new plan."""

    rules: dict[str, Any] = Field(default_factory=dict)


@router.post(
    "/communities/{code:path}/plans",
    status_code=201,
    dependencies=[Depends(NeedsCommunity(Permission.PLAN_EDIT))],
)
def create(request: Request, code: CommunityCode, by: By, body: DraftBody) -> Response:
    """A draft in which no building has a grid yet."""
    with transaction(request) as connection:
        made = create_draft(
            connection, places_of(request), code, rules=Rules.from_dict(body.rules), name=body.name, by=by,
            now=datetime.now(UTC),
        )  # fmt: skip
    return _made(made)


@router.post("/plans/{plan}/fork", status_code=201, dependencies=[edits_plan])
def fork(request: Request, plan: PlanId, by: By, body: ForkBody) -> Response:
    """A new draft with the grids, rules and locks of a plan."""
    with transaction(request) as connection:
        made = fork_plan(connection, places_of(request), plan, name=body.name, by=by, now=datetime.now(UTC))
    return _made(made)


def _made(plan: NewPlan) -> Response:
    content = orjson.dumps({"id": plan.id, "version": plan.version})
    headers = {"Location": f"/plans/{plan.id}"}
    return Response(content, status_code=201, media_type="application/json", headers=headers)


@router.post("/plans/{plan}/propose", dependencies=[edits_plan])
def propose(request: Request, plan: PlanId, by: By, lang: Language, if_match: IfMatch = None) -> Response:
    """Propose a draft that keeps its hard rules."""
    return _change(request, plan, PlanStatus.PROPOSED, by, lang, if_match)


@router.post("/plans/{plan}/adopt", dependencies=[_adopts])
def adopt(request: Request, plan: PlanId, by: By, lang: Language, if_match: IfMatch = None) -> Response:
    """Put a proposal in force: its grid codes are issued, and the plan in force before is retired."""
    return _change(request, plan, PlanStatus.ADOPTED, by, lang, if_match)


@router.post("/plans/{plan}/retire", dependencies=[_adopts])
def retire(request: Request, plan: PlanId, by: By, lang: Language, if_match: IfMatch = None) -> Response:
    """Retire a plan."""
    return _change(request, plan, PlanStatus.RETIRED, by, lang, if_match)


@router.post("/plans/{plan}/reopen", dependencies=[edits_plan])
def reopen(request: Request, plan: PlanId, by: By, lang: Language, if_match: IfMatch = None) -> Response:
    """Make a proposal a draft again."""
    return _change(request, plan, PlanStatus.DRAFT, by, lang, if_match)


def _change(
    request: Request, plan: int, after: PlanStatus, by: str, lang: Language, if_match: str | None
) -> Response:
    places, revision, office = places_of(request), revision_of(if_match), office_of(request)
    with transaction(request) as connection:
        change_plan(connection, places, office, plan, after, by=by, now=datetime.now(UTC), revision=revision)
        summary = plan_summary(connection, plan, lang, places)
    etag = f'"r{summary["revision"]}"'
    return Response(orjson.dumps(summary), media_type="application/json", headers={"ETag": etag})


@router.get("/plans/{plan}/diff/{other}", dependencies=[reads_both_plans])
def diff(request: Request, connection: Reader, plan: PlanId, other: PlanId) -> Response:
    """What two plans of a community differ in: buildings, and a table of households by pair of grids."""
    content = compare_plans(connection, places_of(request), plan, other)
    return Response(orjson.dumps(content), media_type="application/json")
