"""The service catalogue in the database: loaded from CSV files, read for pages, interfaces and rules."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from gis_core import audit
from gis_core.incidents.reports import Category
from gis_core.incidents.routing import Route
from gis_core.incidents.sheets import SHEETS, parse_sheet
from gis_core.sheets import refuse

_REFERENCES = {
    "departments": {"area": "admin_area"},
    "attributes": {"category": "incident_category"},
    "conditions": {"category": "incident_category"},
    "limits": {"category": "incident_category"},
    "routes": {
        "category": "incident_category", "department": "department", "area": "admin_area", "community": "community",
    },
}  # fmt: skip
"""Columns of each file whose values are codes in a table."""

_DELETE = {
    "attributes": "DELETE FROM category_attribute",
    "conditions": "DELETE FROM category_condition",
    "limits": "DELETE FROM time_limit",
    "routes": "DELETE FROM routing_rule",
    "categories": "UPDATE incident_category SET active = false",
}
_INSERT = {
    "departments": "INSERT INTO department (code, name_zh, name_en, area_code)"
    " VALUES (%(code)s, %(name_zh)s, %(name_en)s, %(area)s) ON CONFLICT (code) DO UPDATE"
    " SET (name_zh, name_en, area_code) = (excluded.name_zh, excluded.name_en, excluded.area_code)",
    "categories": """
        INSERT INTO incident_category (code, position, group_code, group_zh, group_en, name_zh, name_en, description_zh,
            description_en, keywords, kind, contact, std_code, duplicate_m, duplicate_days)
        VALUES (%(code)s, %(place)s, %(group_code)s, %(group_zh)s, %(group_en)s, %(name_zh)s, %(name_en)s,
            %(description_zh)s, %(description_en)s, %(keywords)s, %(kind)s, %(contact)s, %(std_code)s, %(duplicate_m)s,
            %(duplicate_days)s)
        ON CONFLICT (code) DO UPDATE SET (position, group_code, group_zh, group_en, name_zh, name_en, description_zh,
            description_en, keywords, kind, contact, std_code, duplicate_m, duplicate_days, active)
        = (excluded.position, excluded.group_code, excluded.group_zh, excluded.group_en, excluded.name_zh,
           excluded.name_en, excluded.description_zh, excluded.description_en, excluded.keywords, excluded.kind,
           excluded.contact, excluded.std_code, excluded.duplicate_m, excluded.duplicate_days, true)""",
    "attributes": "INSERT INTO category_attribute (category_code, code, position, datatype, required, description_zh,"
    " description_en, values) VALUES (%(category)s, %(code)s, %(place)s, %(datatype)s, %(required)s,"
    " %(description_zh)s, %(description_en)s, %(values)s)",
    "conditions": "INSERT INTO category_condition (category_code, code, position, name_zh, name_en)"
    " VALUES (%(category)s, %(code)s, %(place)s, %(name_zh)s, %(name_en)s)",
    "limits": "INSERT INTO time_limit (category_code, condition_code, stage, step, step_zh, step_en, unit, value)"
    " VALUES (%(category)s, %(condition)s, %(stage)s, %(step)s, %(step_zh)s, %(step_en)s, %(unit)s, %(value)s)",
    "routes": "INSERT INTO routing_rule (position, name, group_code, category_code, condition_code, area_code,"
    " community_id, grid_code, department_code, level, then_condition) VALUES (%(position)s, %(name)s, %(group)s,"
    " %(category)s, %(condition)s, %(area)s, (SELECT id FROM community WHERE code = %(community)s), %(grid)s,"
    " %(department)s, %(level)s, %(then_condition)s)",
}


def load_sheet(connection: psycopg.Connection, name: str, text: str, *, by: str) -> int:
    """Put a file in the place of what was loaded before; the number of its rows. The caller owns the transaction.

    Departments and categories that are left out stay for the incidents that have them; such a category is offered no
    longer.

    Raises:
        InvalidInputError: with all faults of the file; nothing is changed then.
    """
    rows = parse_sheet(name, text)
    refuse(name, _unknown_codes(connection, name, rows))
    if name in _DELETE:
        connection.execute(_DELETE[name])
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT[name], [_stored(row, place) for place, row in enumerate(rows, 1)])
    audit.record(connection, by, "catalogue.load", name, details={"rows": len(rows)})
    return len(rows)


def load_shipped(connection: psycopg.Connection, *, by: str) -> None:
    """Load the catalogue that ships with the program where there is none yet."""
    if connection.execute("SELECT EXISTS (SELECT FROM incident_category)").fetchone() == (True,):
        return
    for name in SHEETS:
        text = files("gis_core.incidents").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
        load_sheet(connection, name, text, by=by)


def _stored(row: Mapping[str, Any], place: int) -> dict[str, Any]:
    words = f"{row.get('keywords_zh', '')} {row.get('keywords_en', '')}".strip()
    return {**row, "place": place, "keywords": words, "values": Jsonb(row.get("values"))}


def _unknown_codes(
    connection: psycopg.Connection, name: str, rows: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    faults = []
    for column, table in _REFERENCES.get(name, {}).items():
        known = {code for (code,) in connection.execute(f"SELECT code FROM {table}")}  # noqa: S608
        faults += [
            (
                f"line {row['line']}, {column} = {row[column]!r}: there is no such code in {table}",
                f"第 {row['line']} 行 {column} = “{row[column]}”：{table} 中没有此代码",
            )
            for row in rows
            if row[column] is not None and row[column] not in known
        ]
    return faults


def read_catalogue(connection: psycopg.Connection, lang: str) -> list[dict[str, Any]]:
    """What can be reported, in its order: {code, group, group_name, name, description, keywords, kind, contact,
    attributes: [{code, datatype, required, description, values: [{key, name}]}], conditions: [{code, name}]}, in a
    language."""
    language = "zh" if lang == "zh" else "en"
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"SELECT code, group_code AS group, group_{language} AS group_name, name_{language} AS name,"  # noqa: S608
            f" description_{language} AS description, keywords, kind, contact FROM incident_category WHERE active"
            " ORDER BY position"
        ).fetchall()
        attributes = cursor.execute(
            f"SELECT category_code, code, datatype, required, description_{language} AS description, values"  # noqa: S608
            " FROM category_attribute ORDER BY category_code, position"
        ).fetchall()
        conditions = cursor.execute(
            f"SELECT category_code, code, name_{language} AS name FROM category_condition"  # noqa: S608
            " ORDER BY category_code, position"
        ).fetchall()
    for row in rows:
        row["conditions"] = [
            {"code": one["code"], "name": one["name"]}
            for one in conditions
            if one["category_code"] == row["code"]
        ]
        row["attributes"] = [
            {
                **{name: one[name] for name in ("code", "datatype", "required", "description")},
                "values": [{"key": value["key"], "name": value[language]} for value in one["values"]],
            }
            for one in attributes
            if one["category_code"] == row["code"]
        ]
    return rows


def read_routes(connection: psycopg.Connection, lang: str = "zh") -> list[Route]:
    """The rules in their order; of a name 中文=English, the part of the language."""
    with connection.cursor(row_factory=class_row(Route)) as cursor:
        return cursor.execute(
            "SELECT r.position, coalesce(nullif(split_part(r.name, '=', %s), ''), r.name) AS name,"
            " r.department_code AS department, r.group_code AS group,"
            " r.category_code AS category, r.condition_code AS condition, r.area_code AS area, c.code AS community,"
            " r.grid_code AS grid, r.level, r.then_condition"
            " FROM routing_rule r LEFT JOIN community c ON c.id = r.community_id ORDER BY r.position",
            [1 if lang == "zh" else 2],
        ).fetchall()


def category_of(connection: psycopg.Connection, code: str) -> Category | None:
    """A category that reports may have; None where there is none of this code, or it is offered no longer."""
    with connection.cursor(row_factory=class_row(Category)) as cursor:
        return cursor.execute(
            "SELECT k.code, k.group_code AS group, k.kind, k.contact, coalesce(json_agg(json_build_object("
            "'code', a.code, 'datatype', a.datatype, 'required', a.required, 'values', a.values) ORDER BY a.position)"
            " FILTER (WHERE a.code IS NOT NULL), '[]') AS attributes FROM incident_category k"
            " LEFT JOIN category_attribute a ON a.category_code = k.code WHERE k.code = %s AND k.active"
            " GROUP BY k.code",
            [code],
        ).fetchone()


def conditions_of(connection: psycopg.Connection, category: str) -> list[str]:
    """Codes of a category's conditions."""
    rows = connection.execute(
        "SELECT code FROM category_condition WHERE category_code = %s ORDER BY position", [category]
    )
    return [row[0] for row in rows]
