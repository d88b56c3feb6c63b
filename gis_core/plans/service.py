"""Drawing a community in the database, and the life of a plan. The entry point commits."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from gis_core.errors import ConflictError
from gis_core.plans import store
from gis_core.plans.drawing import Drawing, draw_town
from gis_core.plans.rules import PlanStatus, check_transition, next_codes
from gis_core.plans.store import PlanKey
from partitioning import Rules


@dataclass(frozen=True, eq=False)
class DrawnPlan:
    """A plan that was drawn and saved."""

    key: PlanKey
    drawing: Drawing


def draw_plan(
    connection: psycopg.Connection,
    community: str,
    rules: Rules,
    *,
    seed: int,
    time_limit_s: float | None = None,
    by: str,
    now: datetime,
) -> DrawnPlan:
    """Draw a community and save the answer as its next plan, a draft.

    An infeasible answer is saved with its reasons and without grids, an unknown one with the nearest plan, so
    that the map can show them; neither can be proposed.

    Raises:
        NotFoundError: there is no such community, or it has no buildings.
        partitioning.PartitioningError: rules and counts do not fit together.
    """
    stored = store.load_town(connection, community)
    drawing = draw_town(stored.town, rules, seed=seed, time_limit_s=time_limit_s)
    version = store.next_version(connection, stored.community_id)
    issued = store.issued_codes(connection, stored.community_id)
    codes = next_codes(community, issued, len(drawing.areas))
    key = store.insert_plan(
        connection, stored, drawing, version=version, codes=codes, seed=seed, by=by, now=now
    )
    return DrawnPlan(key, drawing)


def change_status(connection: psycopg.Connection, name: str, after: PlanStatus, now: datetime) -> PlanKey:
    """Propose, adopt or retire a plan. Adopting issues its grid codes and retires the plan in force.

    Raises:
        NotFoundError: there is no such plan.
        ConflictError: the change is not allowed, or somebody else has changed the plan meanwhile.
    """
    plan = store.find_plan(connection, name)
    community_id, engine_status, grids = store.plan_facts(connection, plan.id)
    keeps_rules = engine_status in ("optimal", "feasible") and grids > 0
    check_transition(str(plan), plan.status, after, keeps_rules=keeps_rules)
    store.lock_community(connection, community_id)
    if after is PlanStatus.ADOPTED:
        before = store.adopted_plan(connection, plan.community)
        if before is not None:
            _retire(connection, before, now)
        issued = store.issued_codes(connection, community_id)
        store.issue_codes(connection, plan.id, next_codes(plan.community, issued, grids), now)
    if after is PlanStatus.RETIRED:
        store.end_grids(connection, plan.id, now)
    _move(connection, plan, after)
    return PlanKey(plan.id, plan.community, plan.version, after)


def _retire(connection: psycopg.Connection, plan: PlanKey, now: datetime) -> None:
    store.end_grids(connection, plan.id, now)
    _move(connection, plan, PlanStatus.RETIRED)


def _move(connection: psycopg.Connection, plan: PlanKey, after: PlanStatus) -> None:
    if not store.set_status(connection, plan, after):
        raise ConflictError(
            f"Plan {plan} has been changed by somebody else; look at it again, then repeat.",
            f"方案 {plan} 刚被他人修改；请重新查看后再操作。",
        )
