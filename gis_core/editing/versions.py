"""The life of plans: forks and empty drafts, the states that they pass through, and what two of them differ in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import psycopg

from gis_core import audit
from gis_core.editing import store
from gis_core.editing.ground import Places, refresh_areas
from gis_core.editing.rules import Edit, EditKind, check_grid_range, clean_name
from gis_core.editing.standing import Standing, broken_rules, stand
from gis_core.editing.store import PlanRow
from gis_core.errors import ConflictError, StaleError
from gis_core.plans.drawing import Ints, known_rules
from gis_core.plans.rules import PlanStatus, check_transition, next_codes
from gis_core.plans.store import (
    adopted_plan,
    end_grids,
    issue_codes,
    issued_codes,
    lock_community,
    next_version,
    set_status,
)
from partitioning import Rules

EMPTY = {"status": "edited", "objective": None, "bound": None, "gap": None, "scores": None}
"""The engine's record of a plan that it has not drawn."""


@dataclass(frozen=True)
class NewPlan:
    """A plan that was made: its id, and its version in the community."""

    id: int
    version: int


def create_draft(
    connection: psycopg.Connection,
    places: Places,
    community: str,
    *,
    rules: Rules,
    name: str,
    by: str,
    now: datetime,
) -> NewPlan:
    """A draft in which no building has a grid yet.

    Raises:
        NotFoundError: there is no such community, or it has no buildings.
        InvalidInputError: the name is none, or the rules allow more grids than there are codes for.
    """
    place = places.get(connection, community)
    check_grid_range(rules.grid_range[-1])
    used = known_rules(rules, place.stored.town).to_dict()
    return _insert(connection, place.stored.community_id, None, used, EMPTY, clean_name(name), by, now)


def fork_plan(
    connection: psycopg.Connection, places: Places, plan: int, *, name: str, by: str, now: datetime
) -> NewPlan:
    """A new draft with the grids, rules and locks of a plan. Buildings that it splits go whole to the grid of most.

    Raises:
        NotFoundError: there is no such plan.
        InvalidInputError: the name is none, or the rules allow more grids than there are codes for.
    """
    lock_community(connection, store.plan_row(connection, plan).community_id)
    source = store.plan_row(connection, plan, lock=True)
    engine = EMPTY if source.split or source.revision else source.engine
    made = _insert(connection, source.community_id, plan, source.rules, engine, clean_name(name), by, now)
    numbers = sorted(store.grid_codes(connection, plan))
    serials = next_codes(
        source.community, issued_codes(connection, source.community_id), max(numbers, default=0)
    )
    store.copy_grids(connection, plan, made.id, {number: serials[number - 1] for number in numbers})
    store.set_locks(connection, made.id, source.locks)
    if source.split:
        place = places.get(connection, source.community)
        labels = store.read_labels(connection, made.id, source.community_id)
        store.recount(connection, made.id, stand(place, labels, Rules.from_dict(source.rules)).counts())
    return made


def _insert(
    connection: psycopg.Connection,
    community_id: int,
    based_on: int | None,
    rules: Mapping[str, Any],
    engine: Mapping[str, Any],
    name: str,
    by: str,
    now: datetime,
) -> NewPlan:
    version = next_version(connection, community_id)
    made = store.insert_draft(
        connection, community_id=community_id, version=version, based_on=based_on, rules=rules, seed=0,
        engine=engine, name=name, by=by, now=now,
    )  # fmt: skip
    audit.record(connection, by, "plan.create", f"plan {made}", community_id=community_id)
    return NewPlan(made, version)


def change_status(
    connection: psycopg.Connection,
    places: Places,
    plan: int,
    after: PlanStatus,
    *,
    by: str,
    now: datetime,
    revision: int | None = None,
) -> PlanRow:
    """Propose, adopt, retire or reopen a plan. Adopting issues its grid codes and retires the plan in force.

    revision: the one that the request was made on, None to take the plan as it is.

    Raises:
        NotFoundError: there is no such plan.
        StaleError: it has been changed since that revision.
        ConflictError: its state does not allow the change, or it breaks a hard rule.
    """
    place = places.get(connection, store.plan_row(connection, plan).community)
    lock_community(connection, place.stored.community_id)
    row = store.plan_row(connection, plan, lock=True)
    if revision is not None and revision != row.revision:
        raise StaleError(
            row.revision, [one.to_dict() for one in store.edits_since(connection, plan, revision)]
        )
    check_transition(str(row), row.status, after)
    if after in (PlanStatus.PROPOSED, PlanStatus.ADOPTED):
        labels = store.read_labels(connection, plan, row.community_id)
        _check_whole(row, after, stand(place, labels, Rules.from_dict(row.rules)))
        refresh_areas(connection, plan, places)
    if after is PlanStatus.ADOPTED:
        before = adopted_plan(connection, row.community)
        if before is not None:
            retired = store.plan_row(connection, before.id, lock=True)
            end_grids(connection, before.id, now)
            _move(connection, retired, PlanStatus.RETIRED, by, now)
        issued = issued_codes(connection, row.community_id)
        grids = len(store.grid_codes(connection, plan))
        issue_codes(connection, plan, next_codes(row.community, issued, grids), now)
    if after is PlanStatus.RETIRED:
        end_grids(connection, plan, now)
    return _move(connection, row, after, by, now)


def _check_whole(row: PlanRow, after: PlanStatus, standing: Standing) -> None:
    """Raises ConflictError where the plan breaks a hard rule or is not finished; split buildings are the engine's."""
    if standing.keeps_rules or (
        row.split and not row.revision and row.engine["status"] in ("optimal", "feasible")
    ):
        return
    loose = standing.loose["buildings"]
    broken = broken_rules(standing)
    en = [reason["text"]["en"] for reason in broken]
    zh = [reason["text"]["zh"] for reason in broken]
    if loose:
        en.append(f"{loose} buildings have no grid.")
        zh.append(f"有 {loose} 栋楼未分配网格。")
    raise ConflictError(
        f"Plan {row} cannot become {after}: {' '.join(en)} Repair or complete it, or change the rules, then try again.",
        f"方案 {row} 不能变为{after.word('zh')}：{''.join(zh)}请先修补或补全方案，或修改规则，然后再试。",
    )


def _move(connection: psycopg.Connection, row: PlanRow, after: PlanStatus, by: str, now: datetime) -> PlanRow:
    set_status(connection, row.id, after)
    details = {"before": row.status, "after": after}
    store.write_edit(
        connection, row.id, Edit(row.revision + 1, EditKind.STATUS, by, now, details=details), None
    )
    return replace(row, status=after, revision=row.revision + 1)


def compare_plans(connection: psycopg.Connection, places: Places, one: int, other: int) -> dict[str, Any]:
    """What two plans of a community differ in: {moved, buildings: [{id, a, b}], table}, null for no grid.

    `table` has a row for each pair of grids that buildings lie in: {from, to, buildings, households, persons}.

    Raises:
        NotFoundError: there is no such plan.
        ConflictError: they are plans of two communities.
    """
    rows = [store.plan_row(connection, plan) for plan in (one, other)]
    if rows[0].community_id != rows[1].community_id:
        raise ConflictError(
            f"Plans {rows[0]} and {rows[1]} are of different communities; compare two of one.",
            f"方案 {rows[0]} 与 {rows[1]} 属于不同社区；只能比较同一社区的两个方案。",
        )
    place = places.get(connection, rows[0].community)
    a, b = (store.read_labels(connection, row.id, row.community_id) for row in rows)
    town, moved = place.stored.town, np.flatnonzero(a != b)
    pairs, owner = np.unique(np.column_stack([a, b]), axis=0, return_inverse=True)
    owner = owner.ravel()

    def counts(buildings: Ints) -> dict[str, int | None]:
        persons = None if town.persons is None else int(town.persons[buildings].sum())
        return {
            "buildings": len(buildings),
            "households": int(town.households[buildings].sum()),
            "persons": persons,
        }

    return {
        "moved": counts(moved),
        "buildings": [
            {"id": int(place.keys[i]), "a": int(a[i]) or None, "b": int(b[i]) or None} for i in moved
        ],
        "table": [
            {"from": int(source) or None, "to": int(target) or None, **counts(np.flatnonzero(owner == row))}
            for row, (source, target) in enumerate(pairs)
        ],
    }
