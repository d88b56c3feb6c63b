"""Drafts of public alerts keep the Common Alerting Protocol, and are no alerts until someone signs."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gis_core.errors import InvalidInputError
from gis_core.incidents.cap import NAMESPACE, cap_alert

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).resolve().parents[1] / "schemas" / "cap-1.2.xsd"))
EAST_8 = timezone(timedelta(hours=8))
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[113.85, 27.62], [113.86, 27.62], [113.86, 27.63], [113.85, 27.63], [113.85, 27.62]],
        [[113.851, 27.621], [113.852, 27.621], [113.852, 27.622], [113.851, 27.621]],
    ],
}
TOLD: dict[str, Any] = {
    "identifier": "wangge-20261128-0001",
    "sender": "desk@example.org",
    "sent": datetime(2026, 11, 28, 8, 30, 5, 999, EAST_8),
    "event": {"zh": "燃气泄漏", "en": "Gas leak"},
    "headline": {"zh": "网格 1 燃气泄漏", "en": "Gas leak in grid 1"},
    "description": {"zh": "请勿靠近 <3 栋> & 周边", "en": "Keep away from <3> & around"},
    "area": {"zh": "网格 1", "en": "Grid 1"},
    "place": (113.855, 27.625),
}


def alert(**told: Any) -> etree._Element:
    root = etree.fromstring(cap_alert(**{**TOLD, **told}))
    SCHEMA.assertValid(root)
    return root


def texts(root: etree._Element, name: str) -> list[str | None]:
    return [element.text for element in root.iter(f"{{{NAMESPACE}}}{name}")]


def test_an_emergency_becomes_a_restricted_exercise_in_both_languages() -> None:
    root = alert(grid=SQUARE)
    assert [texts(root, name) for name in ("sent", "status", "msgType", "scope")] == [
        ["2026-11-28T08:30:05+08:00"],
        ["Exercise"],
        ["Alert"],
        ["Restricted"],
    ]
    assert texts(root, "restriction") == ["District and subdistrict emergency desks"]
    assert texts(root, "language") == ["zh-CN", "en-US"]
    assert texts(root, "event") == ["燃气泄漏", "Gas leak"]
    assert texts(root, "description") == ["请勿靠近 <3 栋> & 周边", "Keep away from <3> & around"]
    assert [texts(root, name)[0] for name in ("category", "urgency", "severity", "certainty")] == [
        *("Safety", "Immediate", "Unknown", "Observed")
    ]
    assert texts(root, "note") == ["Draft for an operator to sign; not an actual alert"]


def test_the_area_is_the_grid_as_closed_rings_of_lat_and_lon() -> None:
    ring = "27.620000,113.850000 27.620000,113.860000 27.630000,113.860000 27.630000,113.850000 27.620000,113.850000"
    root = alert(grid=SQUARE)
    assert texts(root, "areaDesc") == ["网格 1", "Grid 1"]
    assert texts(root, "polygon") == [ring, ring]
    assert texts(root, "circle") == []
    both = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [SQUARE["coordinates"][0][:-1]]]}
    assert texts(alert(grid=both), "polygon") == [ring] * 4


def test_points_that_fall_together_stand_once() -> None:
    ring = [[1, 2], [1.00000004, 2], [1, 3], [0, 3], [1, 2.00000004]]
    assert texts(alert(grid={"type": "Polygon", "coordinates": [ring]}), "polygon")[0] == (
        "2.000000,1.000000 3.000000,1.000000 3.000000,0.000000 2.000000,1.000000"
    )


def test_without_a_grid_the_area_is_a_circle() -> None:
    assert texts(alert(radius_km=0.2), "circle") == ["27.625000,113.855000 0.200"] * 2
    assert texts(alert(), "circle") == ["27.625000,113.855000 0.000"] * 2


def test_utc_is_told_as_the_protocol_wants_it() -> None:
    assert texts(alert(sent=datetime(2026, 11, 28, tzinfo=UTC)), "sent") == ["2026-11-28T00:00:00-00:00"]


@pytest.mark.parametrize("status", ["Exercise", "Test", "Draft"])
def test_a_draft_is_not_signed(status: str) -> None:
    assert texts(alert(status=status), "status") == [status]


def test_an_actual_alert_names_who_signed() -> None:
    root = alert(status="Actual", signed_by="Subdistrict desk")
    assert (texts(root, "status"), texts(root, "note")) == (["Actual"], ["Signed by Subdistrict desk"])


def test_all_that_is_wrong_is_told_at_once() -> None:
    line = {"type": "LineString", "coordinates": [[1, 2], [2, 3]]}
    with pytest.raises(InvalidInputError) as raised:
        cap_alert(
            **{**TOLD, "identifier": "a b", "sender": "", "sent": datetime(2026, 11, 28)},
            status="Actual",
            category="Flood",
            urgency="Now",
            grid=line,
        )
    assert str(raised.value) == (
        'The alert cannot be drafted: identifier "a b" must be told without spaces, commas, < and &; sender "" must be '
        "told without spaces, commas, < and &; sent has no offset from UTC in whole minutes; "
        'category "Flood" is none of Geo, Met, Safety, Security, Rescue, Fire, Health, Env, Transport, Infra, CBRNE, '
        'Other; urgency "Now" is none of Immediate, Expected, Future, Past, Unknown; status "Actual" needs signed_by; '
        "grid is no Polygon or MultiPolygon."
    )
    assert "须有签发者" in raised.value.text("zh")
    with pytest.raises(InvalidInputError, match="fewer than three points"):
        cap_alert(**TOLD, grid={"type": "Polygon", "coordinates": [[[1, 2], [1, 3], [1, 2]]]})


@given(st.text(), st.text(min_size=1))
def test_any_text_makes_a_valid_alert(description: str, area: str) -> None:
    area = f"网格{area}"
    root = alert(description={"zh": description, "en": description}, area={"zh": area, "en": area})
    assert len(texts(root, "description")) == 2


def test_the_schema_refuses_what_the_protocol_does_not_know() -> None:
    good = cap_alert(**TOLD)
    for old, new in (
        (b"Exercise", b"Practice"),
        (b"+08:00<", b"Z<"),
        (b"<scope>Restricted</scope>", b""),
        (b"wangge-2026", b"wangge 2026"),
        (b"27.625000,113.855000 0.000", b"here"),
    ):
        assert old in good
        assert not SCHEMA.validate(etree.fromstring(good.replace(old, new)))
