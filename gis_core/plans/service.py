"""Drawing a community in the database. The entry point commits."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from gis_core.plans import store
from gis_core.plans.drawing import Drawing, draw_town
from gis_core.plans.rules import next_codes
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
