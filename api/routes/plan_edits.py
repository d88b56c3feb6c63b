"""Editing plans: moves, undo and redo, locks, rules and name. Each request is carried out whole or not at all."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, field_validator

from api.accounts import By, edits_plan, reads_plan
from api.deps import Reader, places_of
from api.schemas import PlanId
from api.writing import IdempotencyKey, IfMatch, Prefer, edit_request, transaction
from gis_core.editing import service, store
from gis_core.editing.rules import MOST_GRIDS, TOOLS, EditKind, Locks, Move
from gis_core.errors import InvalidInputError
from partitioning import Rules

router = APIRouter(prefix="/plans", tags=["edits"])

Id = Annotated[StrictInt, Field(ge=1, lt=2**63)]
Number = Annotated[StrictInt, Field(ge=1, le=MOST_GRIDS)]
Before = Annotated[int | None, Query(ge=1, lt=2**63, description="edits before this revision")]
HistoryPage = Annotated[int, Query(ge=1, le=500, description="edits in one page")]


MOST_DETAILS = 4000
"""Bytes of what a tool tells of an edit."""


class Body(BaseModel):
    """A body that takes what it names and nothing else."""

    model_config = ConfigDict(extra="forbid")


class MoveBody(Body):
    """A building leaves grid `from` for grid `to`; null is no grid."""

    building: Id
    source: Annotated[StrictInt | None, Field(alias="from")]
    to: StrictInt | None


class MovesBody(Body):
    """Moves of one edit."""

    moves: Annotated[list[MoveBody], Field(min_length=1)]
    kind: EditKind = EditKind.CLICK
    details: Annotated[dict[str, Any], Field(default_factory=dict)]

    @field_validator("details")
    @classmethod
    def _details_are_short(cls, details: dict[str, Any]) -> dict[str, Any]:
        size = len(orjson.dumps(details))
        if size > MOST_DETAILS:
            raise ValueError(
                f"it has {size} bytes; the most are {MOST_DETAILS}, since the journal keeps them for ever"
            )
        return details


class LocksBody(Body):
    """Locks to set or to lift."""

    buildings: list[Id] = []
    estates: list[Id] = []
    grids: list[Number] = []
    all: bool = False

    def locks(self) -> Locks:
        """As the rules of editing have them."""
        return Locks(frozenset(self.buildings), frozenset(self.estates), frozenset(self.grids), self.all)


class LocksChange(Body):
    """Locks to set, and locks to lift."""

    lock: LocksBody = LocksBody()
    unlock: LocksBody = LocksBody()


class NameBody(Body):
    """A plan's name."""

    name: str


def answered(standing: dict[str, Any]) -> Response:
    """The standing of a plan after an edit, under its new ETag."""
    etag = f'"r{standing["revision"]}"'
    return Response(orjson.dumps(standing), media_type="application/json", headers={"ETag": etag})


@router.patch("/{plan}/assignments", dependencies=[edits_plan])
def move(
    request: Request,
    plan: PlanId,
    by: By,
    body: MovesBody,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Response:
    """Move buildings between grids, all of them or none."""
    if body.kind not in TOOLS:
        raise InvalidInputError(
            f"kind = {body.kind} is no way to move buildings; it is one of {', '.join(TOOLS)}.",
            f"kind = {body.kind} 不是移动楼栋的方式；可用：{'、'.join(TOOLS)}。",
        )
    moves = [Move(one.building, one.source, one.to) for one in body.moves]
    ask = edit_request(plan, by, if_match, idempotency_key, body, prefer=prefer)
    with transaction(request) as connection:
        return answered(
            service.move_buildings(
                connection, places_of(request), ask, moves, kind=body.kind, details=body.details
            )
        )


@router.post("/{plan}/undo", dependencies=[edits_plan])
def undo(
    request: Request, plan: PlanId, by: By, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Response:  # fmt: skip
    """Take back the last of one's own edits that still stands."""
    ask = edit_request(plan, by, if_match, idempotency_key, prefer=prefer)
    with transaction(request) as connection:
        return answered(service.undo(connection, places_of(request), ask))


@router.post("/{plan}/redo", dependencies=[edits_plan])
def redo(
    request: Request, plan: PlanId, by: By, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Response:  # fmt: skip
    """Make the edit again that one has undone last."""
    ask = edit_request(plan, by, if_match, idempotency_key, prefer=prefer)
    with transaction(request) as connection:
        return answered(service.redo(connection, places_of(request), ask))


@router.post("/{plan}/locks", dependencies=[edits_plan])
def locks(
    request: Request, plan: PlanId, by: By, body: LocksChange, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """Lock and unlock buildings, estates, grids or all."""
    ask = edit_request(plan, by, if_match, idempotency_key, body)
    with transaction(request) as connection:
        return answered(
            service.change_locks(
                connection, places_of(request), ask, lock=body.lock.locks(), unlock=body.unlock.locks()
            )
        )


@router.put("/{plan}/rules", dependencies=[edits_plan])
def change_rules(
    request: Request, plan: PlanId, by: By, body: dict[str, Any], if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """Give the plan other rules, as in docs/howto/rules.md; buildings stay where they are."""
    ask = edit_request(plan, by, if_match, idempotency_key, body)
    with transaction(request) as connection:
        return answered(service.change_rules(connection, places_of(request), ask, Rules.from_dict(body)))


@router.patch("/{plan}", dependencies=[edits_plan])
def rename(
    request: Request, plan: PlanId, by: By, body: NameBody, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """Give the plan another name."""
    ask = edit_request(plan, by, if_match, idempotency_key, body)
    with transaction(request) as connection:
        return answered(service.rename(connection, places_of(request), ask, body.name))


@router.get("/{plan}/history", dependencies=[reads_plan])
def history(
    connection: Reader, plan: PlanId, before: Before = None, limit: HistoryPage = 50
) -> dict[str, Any]:
    """A page of the plan's journal, newest first; `next` is the `before` of the next page, or null."""
    edits = store.edits_before(connection, plan, before, limit + 1)
    page = edits[:limit]
    return {
        "edits": [edit.to_dict() for edit in page],
        "next": page[-1].revision if len(edits) > limit else None,
    }
