"""Correcting what a report says: its category, condition, kind, level or place; it is routed anew then."""

from collections.abc import Mapping
from typing import Any

import psycopg

from gis_core.errors import InvalidInputError
from gis_core.incidents import store
from gis_core.incidents.catalogue import category_of, conditions_of, read_routes
from gis_core.incidents.life import Kind
from gis_core.incidents.people import matter_at
from gis_core.incidents.routing import route_for
from gis_core.incidents.store import Incident

_EARLY = ("reported", "verifying")
FIELDS = ("category", "condition", "kind", "level", "lon", "lat")


def amended(
    connection: psycopg.Connection, incident: Incident, change: Mapping[str, Any]
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """(columns that change, what the history keeps of it).

    Raises:
        InvalidInputError: a field is none, or its value is not to be had; all faults at once.
    """
    faults = [(f"{name}: one of {', '.join(FIELDS)}.", f"{name}：须为 {'、'.join(FIELDS)} 之一。")
              for name in change.keys() - set(FIELDS)]  # fmt: skip
    category = category_of(connection, str(change.get("category", incident.category)))
    condition = change.get("condition", None if "category" in change else incident.condition)
    if category is None:
        faults.append((f"There is no category {change['category']!r}.", f"没有类别“{change['category']}”。"))
    elif condition is not None and condition not in conditions_of(connection, category.code):
        faults.append(
            (
                f"{category.code} has no condition {condition!r}.",
                f"类别 {category.code} 没有立案条件“{condition}”。",
            )
        )
    kind = change.get("kind", category.kind if category and "category" in change else incident.kind)
    if kind not in list(Kind):
        faults.append(
            (f"kind = {kind!r}: one of {', '.join(Kind)}.", f"kind = “{kind}”：须为 {'、'.join(Kind)} 之一。")
        )
    elif Kind.APPROVAL in (kind, incident.kind) and kind != incident.kind and incident.state not in _EARLY:
        faults.append((
            "An approval has a way of its own: change the kind before it is accepted, or cancel and report it anew.",
            "审批类事项流程不同：须在受理前更正类型，否则请撤销后重新登记。",
        ))  # fmt: skip
    level = change.get("level", incident.level)
    if level not in (1, 2, 3):
        faults.append((f"level = {level!r}: 1, 2 or 3.", f"level = “{level}”：须为 1、2 或 3。"))
    lon, lat = change.get("lon", incident.lon), change.get("lat", incident.lat)
    numbers = all(isinstance(one, (int, float)) and abs(one) <= 180 for one in (lon, lat))
    spot = store.spot_of(connection, lon, lat) if numbers else None
    if spot is None:
        faults.append(
            (f"The place ({lon}, {lat}) lies in no community.", f"位置（{lon}，{lat}）不在任何社区内。")
        )
    if faults:
        raise InvalidInputError(" ".join(en for en, _ in faults), "".join(zh for _, zh in faults))
    assert category is not None
    assert spot is not None
    route = route_for(read_routes(connection), matter_at(connection, category, condition, spot))
    columns = {
        "category_code": category.code, "condition_code": condition, "kind": kind, "level": level,
        "community_id": spot.community_id, "grid_code": spot.grid_code,
        "department_code": route.department if route else incident.department,
    }  # fmt: skip
    if spot.grid_code != incident.grid_code:
        columns["assignee_id"] = None
    if (lon, lat) != (incident.lon, incident.lat):
        columns["place"] = f"SRID=4326;POINT({float(lon)!r} {float(lat)!r})"
    return columns, {"change": dict(change)}
