"""Routing tried out: where a made-up report would go, and why."""

from dataclasses import asdict
from typing import Any

import psycopg

from gis_core.errors import InvalidInputError
from gis_core.incidents import people, store, timing
from gis_core.incidents.catalogue import category_of, conditions_of, read_routes
from gis_core.incidents.life import Kind
from gis_core.incidents.routing import reasons_against, route_for
from gis_core.incidents.telling import ACKNOWLEDGE_WITHIN

_STAGES = ("accept", "dispatch", "handle", "verify", "whole")


def rules_in_order(connection: psycopg.Connection, lang: str) -> list[dict[str, Any]]:
    """The routing rules as plain data."""
    return [asdict(route) for route in read_routes(connection, lang)]


def try_route(
    connection: psycopg.Connection, lon: float, lat: float, category: str, condition: str | None, lang: str
) -> dict[str, Any]:
    """{spot, route, tried, limits, people} of a report that is not made. lon, lat: WGS 84, degrees.

    Raises:
        InvalidInputError: the place lies in no community, or there is no such category or condition.
    """
    spot, known = store.spot_of(connection, lon, lat), category_of(connection, category)
    faults = []
    if spot is None:
        faults.append(
            (f"The place ({lon}, {lat}) lies in no community.", f"位置（{lon}，{lat}）不在任何社区内。")
        )
    if known is None:
        faults.append((f"There is no category {category!r}.", f"没有类别“{category}”。"))
    elif condition is not None and condition not in conditions_of(connection, category):
        faults.append(
            (f"{category} has no condition {condition!r}.", f"类别 {category} 没有立案条件“{condition}”。")
        )
    if spot is None or known is None or faults:
        raise InvalidInputError(" ".join(en for en, _ in faults), "".join(zh for _, zh in faults))
    matter = people.matter_at(connection, known, condition, spot)
    rules = read_routes(connection, lang)
    route = route_for(rules, matter)
    own = condition or (route.then_condition if route else None)
    language = "zh" if lang == "zh" else "en"
    told = set(people.answering(connection, spot.community_id, spot.grid_code))
    if known.kind == Kind.EMERGENCY:
        told.update(*(people.leading(connection, spot.community_id, level) for level in ACKNOWLEDGE_WITHIN))
    names = connection.execute("SELECT display_name FROM account WHERE id = ANY(%s) ORDER BY 1", [list(told)])
    return {
        "spot": {"community": spot.community, "community_name": spot.community_name, "grid": spot.grid_code,
                 "grid_number": spot.grid_number},
        "route": None if route is None else asdict(route),
        "kind": known.kind,
        "condition": own,
        "tried": [
            {"position": one.position, "name": one.name, "against": against}
            for one, against in reasons_against(rules, matter)
        ],
        "limits": [
            {"stage": stage, "step": step.step, "name": getattr(step, language), "unit": step.limit.unit,
             "value": step.limit.value}
            for stage in _STAGES
            for step in timing.steps_of(connection, category, own, stage)
        ],
        "people": [row[0] for row in names],
    }  # fmt: skip
