"""Drafts of public alerts in the Common Alerting Protocol 1.2 (OASIS) for an emergency and its grid. Pure.

A draft alerts nobody: its status is Exercise, Test or Draft, and its scope is Restricted, until a person signs it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from gis_core.errors import InvalidInputError

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
STATUSES = ("Exercise", "Test", "Draft", "Actual")
CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire"),
    *("Health", "Env", "Transport", "Infra", "CBRNE", "Other"),
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

_NO_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

Texts = Mapping[str, str]
"""{"zh": …, "en": …}"""


def cap_alert(
    *,
    identifier: str,
    sender: str,
    sent: datetime,
    event: Texts,
    headline: Texts,
    description: Texts,
    area: Texts,
    place: tuple[float, float],
    grid: Mapping[str, Any] | None = None,
    radius_km: float = 0.0,
    category: str = "Safety",
    urgency: str = "Immediate",
    severity: str = "Unknown",
    certainty: str = "Observed",
    status: str = "Exercise",
    signed_by: str | None = None,
    restriction: str = "District and subdistrict emergency desks",
) -> bytes:
    """An alert as XML in UTF-8, one block of information a language.

    identifier, sender: without spaces, commas, < and &. sent: aware; its offset is told. area: how people call the
    area. grid: GeoJSON Polygon or MultiPolygon, lon and lat in WGS 84; holes are left out, which the protocol cannot
    tell. place: (lon, lat), told as a circle of `radius_km` where there is no grid. status: "Actual" only with
    signed_by, the name of the office that answers for it. restriction: who may read it. Raises InvalidInputError that
    tells all that is wrong.
    """
    told = {"category": category, "urgency": urgency, "severity": severity, "certainty": certainty}
    _refuse(_faults(identifier, sender, sent, grid, {**told, "status": status}, signed_by))
    alert = ET.Element("alert", {"xmlns": NAMESPACE})
    note = f"Signed by {signed_by}" if signed_by else "Draft for an operator to sign; not an actual alert"
    for name, value in (
        ("identifier", identifier),
        ("sender", sender),
        ("sent", _moment(sent)),
        ("status", status),
        ("msgType", "Alert"),
        ("scope", "Restricted"),
        ("restriction", restriction),
        ("note", note),
    ):
        _add(alert, name, value)
    for lang, language in LANGUAGES.items():
        info = ET.SubElement(alert, "info")
        _add(info, "language", language)
        _add(info, "category", category)
        _add(info, "event", event[lang])
        for name in ("urgency", "severity", "certainty"):
            _add(info, name, told[name])
        _add(info, "headline", headline[lang])
        _add(info, "description", description[lang])
        _area(ET.SubElement(info, "area"), area[lang], place, grid, radius_km)
    ET.indent(alert)
    return bytes(ET.tostring(alert, encoding="UTF-8", xml_declaration=True))


def _area(
    element: ET.Element,
    name: str,
    place: tuple[float, float],
    grid: Mapping[str, Any] | None,
    radius_km: float,
) -> None:
    _add(element, "areaDesc", name)
    if grid is None:
        _add(element, "circle", f"{place[1]:.6f},{place[0]:.6f} {radius_km:.3f}")
        return
    for ring in _outer_rings(grid):
        _add(element, "polygon", " ".join(_closed(ring)))


def _outer_rings(grid: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    polygons = [grid["coordinates"]] if grid["type"] == "Polygon" else grid["coordinates"]
    return (polygon[0] for polygon in polygons)


def _closed(ring: Sequence[Sequence[float]]) -> list[str]:
    """Points as "lat,lon", none twice in a row, the first again at the end."""
    points = [f"{lat:.6f},{lon:.6f}" for lon, lat, *_ in ring]
    kept = [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]
    return kept if kept[0] == kept[-1] else [*kept, kept[0]]


def _moment(at: datetime) -> str:
    """With seconds and offset; the protocol has no Z, and tells UTC as -00:00."""
    text = at.isoformat(timespec="seconds")
    return text if at.utcoffset() else f"{text[:19]}-00:00"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("", text)


def _faults(
    identifier: str,
    sender: str,
    sent: datetime,
    grid: Mapping[str, Any] | None,
    told: Mapping[str, str],
    signed_by: str | None,
) -> Iterator[tuple[str, str]]:
    known = {
        "category": CATEGORIES,
        "urgency": URGENCIES,
        "severity": SEVERITIES,
        "certainty": CERTAINTIES,
        "status": STATUSES,
    }
    for name, text in (("identifier", identifier), ("sender", sender)):
        if not text or re.search(r"[\s,<&]", text):
            yield (
                f'{name} "{text}" must be told without spaces, commas, < and &',
                f"{name}“{text}”不得为空，且不得含空格、逗号、< 和 &",
            )
    if sent.utcoffset() is None or (sent.utcoffset() or timedelta()) % timedelta(minutes=1):
        yield "sent has no offset from UTC in whole minutes", "sent 缺少以整分钟计的时区偏移"
    for name, value in told.items():
        if value not in known[name]:
            listed = ", ".join(known[name])
            yield f'{name} "{value}" is none of {listed}', f"{name}“{value}”不在 {listed} 之中"
    if told["status"] == "Actual" and not signed_by:
        yield 'status "Actual" needs signed_by', "status“Actual”须有签发者 signed_by"
    if grid is not None and grid.get("type") not in ("Polygon", "MultiPolygon"):
        yield "grid is no Polygon or MultiPolygon", "grid 不是 Polygon 或 MultiPolygon"
    elif grid is not None and not all(len(set(_closed(ring))) >= 3 for ring in _outer_rings(grid)):
        yield "a ring of the grid has fewer than three points", "网格边界的一环少于三个点"


def _refuse(faults: Iterator[tuple[str, str]]) -> None:
    found = list(faults)
    if found:
        raise InvalidInputError(
            f"The alert cannot be drafted: {'; '.join(en for en, _ in found)}.",
            f"无法生成预警草稿：{'；'.join(zh for _, zh in found)}。",
        )
