"""The measures of incidents as JSON and CSV, for those who may read them in the area asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.accounts import Gate, account_of, borrowed, check_everywhere_or_in, check_in, enter
from api.deps import Lang, Language, Reader
from api.incident_filters import Text
from api.incident_gates import InOffice
from gis_core.accounts.rules import Permission
from gis_core.accounts.store import communities_within
from gis_core.errors import InvalidInputError
from gis_core.exchange.csv_text import csv_lines
from gis_core.incidents.measures import GRIDLESS, MEASURES, Measure, Scope, value_of
from gis_core.incidents.measures_store import Measured, department_areas, read_measures, read_names
from gis_core.incidents.periods import Period, parse_period

router = APIRouter(tags=["measures"])
CSV_HEADER = (
    "period",
    "by",
    "code",
    "name",
    "measure",
    "measure_name",
    "value",
    "numerator",
    "denominator",
    "note",
)
_INSUFFICIENT = {"zh": "样本不足", "en": "insufficient"}


class ReadsMeasures(Gate):
    """Reading measures in the community asked for, or somewhere."""

    def __call__(self, request: Request, community: Text = None) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            account = enter(request, connection)
            if community is not None:
                check_in(connection, account, Permission.MEASURE_READ, community)
            elif not account.granting(Permission.MEASURE_READ):
                check_everywhere_or_in(request, connection, Permission.MEASURE_READ, None)


@router.get("/measures", dependencies=[Depends(ReadsMeasures())])
def measures(
    request: Request,
    office: InOffice,
    connection: Reader,
    lang: Language,
    period: Annotated[
        str | None, Query(max_length=40, description="2026-11, 2026Q4, 2026 or first/last day")
    ] = None,
    by: Scope = "community",
    community: Text = None,
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Any:
    """The measures of a period, by default of this month, a row a unit; what has few cases is not told."""
    now = datetime.now(UTC)
    told = parse_period(period or f"{now.astimezone(office.calendar.tz):%Y-%m}", office.calendar.tz)
    if by == "department" and community is not None:
        raise InvalidInputError(
            "by=department counts a department's cases everywhere: leave out `community`.",
            "by=department 统计责任单位的全部事件：请不要填写 community。",
        )
    found = read_measures(connection, told, now, office.calendar)
    within = communities_within(connection, account_of(request), Permission.MEASURE_READ)
    codes = None if within is None else _codes(connection, within)
    names = read_names(connection)
    units = _units(connection, found, by, codes, community)
    rows = [_row(found, by, code, _name(found, names, by, code, lang)) for code in units]
    if form == "csv":
        text = "".join(csv_lines(CSV_HEADER, _lines(told, by, rows, lang)))
        headers = {"Content-Disposition": f'attachment; filename="measures-{by}.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
    return {
        "period": told.text, "from": told.first, "to": told.last, "until": told.until(now), "ended": told.ended(now),
        "frozen_at": found.frozen_at, "by": by, "measures": [_described(one, lang) for one in MEASURES
                                                             if by != "department" or one.departments],
        "rows": rows,
    }  # fmt: skip


def _codes(connection: Reader, ids: list[int]) -> frozenset[str]:
    rows = connection.execute("SELECT code FROM community WHERE id = ANY(%s)", [ids])
    return frozenset(row[0] for row in rows)


def _units(
    connection: Reader, found: Measured, by: Scope, codes: frozenset[str] | None, community: str | None
) -> list[str]:
    """Codes of the units that are shown: those that lie wholly where the reader may read measures."""
    tree, areas = found.tree, department_areas(connection) if by == "department" else {}

    def below(code: str) -> list[str]:
        if by == "grid":
            return [tree.community_of(code)]
        if by == "community":
            return [code]
        area = areas.get(code) if by == "department" else code
        return [one for one, above in tree.above.items() if area in above and area is not None]

    def shown(code: str) -> bool:
        own = below(code)
        if codes is not None and (not own or not codes.issuperset(own)):
            return False
        return community is None or community in own

    return sorted(code for code in found.counts.get(by, {}) if shown(code))


def _name(
    found: Measured, names: dict[tuple[str, str], tuple[str, str]], by: Scope, code: str, lang: Lang
) -> str:
    if by != "grid":
        return names.get((by, code), (code, code))[lang == "en"]
    community = found.tree.community_of(code)
    place = names.get(("community", community), (community, community))[lang == "en"]
    if code.endswith(GRIDLESS):
        return f"{place} · {'未划入网格' if lang == 'zh' else 'outside of the grids'}"
    return f"{place} · {code.removeprefix(community)}"


def _row(found: Measured, by: Scope, code: str, name: str) -> dict[str, Any]:
    values: dict[str, dict[str, Any]] = {}
    for one in MEASURES:
        count = found.counts[by][code].get(one.code)
        if count is None or (by, code, one.code) in found.hidden:
            values[one.code] = {"value": None, "numerator": None, "denominator": None, "insufficient": True}
            continue
        value = value_of(one, count)
        values[one.code] = {
            "value": None if value is None else round(value, 4), "numerator": round(count.numerator, 2),
            "denominator": count.denominator, "insufficient": False,
        }  # fmt: skip
    return {"code": code, "name": name, "values": values}


def _described(one: Measure, lang: Lang) -> dict[str, str]:
    zh = lang == "zh"
    return {
        "code": one.code, "name": one.zh if zh else one.en, "form": one.form, "numerator": one.above[not zh],
        "denominator": one.below[not zh],
    }  # fmt: skip


def _lines(period: Period, by: Scope, rows: list[dict[str, Any]], lang: Lang) -> Iterator[list[object]]:
    for row in rows:
        for one in MEASURES:
            if by == "department" and not one.departments:
                continue
            told = row["values"][one.code]
            yield [
                period.text, by, row["code"], row["name"], one.code, one.zh if lang == "zh" else one.en, told["value"],
                told["numerator"], told["denominator"], _INSUFFICIENT[lang] if told["insufficient"] else "",
            ]  # fmt: skip
