"""`wangge incident` as people type it, on a database with the incident town."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from gis_core.incidents import people
from tests.command import Done, called, started
from tests.towns.incident_sql import RUBBISH, STREET, build_incident_town, place
from tests.towns.town_sql import CODE


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> None:
    build_incident_town(pg)


def run(
    database_url: str, tmp_path: Path, *words: str, status: int = 0, how: Callable[..., Done] = called
) -> str:
    own = {"DATABASE_URL": database_url, "WANGGE_LANG": "en", "WANGGE_DATA": str(tmp_path)}
    done = how("incident", *words, env=os.environ | own)
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding=encoding)
    return str(path)


def test_a_catalogue_is_loaded_whole_or_not_at_all(
    database_url: str, pg: psycopg.Connection, tmp_path: Path
) -> None:
    good = "code,name_zh,name_en\nroads,道路养护单位,Road maintenance\n"
    assert (
        run(database_url, tmp_path, "load", "departments", written(tmp_path, good, "gbk"))
        == "departments: 1\n"
    )
    assert pg.execute("SELECT name_zh FROM department WHERE code = 'roads'").fetchone() == ("道路养护单位",)
    header = "position,name,group,category,condition,area,community,grid,department,level,then_condition\n"
    bad = header + "1,a,,001,,,,,nobody,2,\n2,b,,999,,,,,roads,2,\n"
    told = run(database_url, tmp_path, "load", "routes", written(tmp_path, bad), status=1)
    assert "line 2, department = 'nobody': there is no such code in department" in told
    assert "line 3, category = '999'" in told
    assert "Nothing was loaded" in told
    row = pg.execute("SELECT count(*) FROM routing_rule").fetchone()
    assert row is not None
    assert row[0] > 2


def test_departments_work_in_areas(database_url: str, pg: psycopg.Connection, tmp_path: Path) -> None:
    header = "code,name_zh,name_en,area\n"
    good = f"{header}roads,道路养护单位,Road maintenance,{STREET}\npower,供电单位,Power supply,\n"
    run(database_url, tmp_path, "load", "departments", written(tmp_path, good))
    areas = "SELECT code, area_code FROM department WHERE code IN ('roads', 'power') ORDER BY code"
    assert pg.execute(areas).fetchall() == [("power", None), ("roads", STREET)]
    pg.rollback()
    bad = f"{header}roads,道路养护单位,Road maintenance,999\n"
    told = run(database_url, tmp_path, "load", "departments", written(tmp_path, bad), status=1)
    assert "line 2, area = '999': there is no such code in admin_area" in told
    assert pg.execute(areas).fetchall() == [("power", None), ("roads", STREET)]


def test_who_answers_for_what(database_url: str, pg: psycopg.Connection, tmp_path: Path) -> None:
    row = pg.execute("SELECT code FROM grid WHERE number = 3").fetchone()
    assert row is not None
    run(database_url, tmp_path, "duty", row[0], "wang")
    assert len(people.on_duty(pg, row[0])) == 1
    pg.rollback()
    run(database_url, tmp_path, "duty", row[0], "wang", "--remove", how=started)
    assert people.on_duty(pg, row[0]) == []
    run(database_url, tmp_path, "member", "water", "dian")
    assert len(people.members_of(pg, "water")) == 1
    assert "There is no grid 'x' in force" in run(database_url, tmp_path, "duty", "x", "wang", status=1)
    told = run(database_url, tmp_path, "member", "x", "dian", status=1)
    assert "There is no department 'x'; there are civil_affairs, community" in told


def test_a_duty_in_a_grid_no_longer_in_force_is_removed(
    database_url: str, pg: psycopg.Connection, tmp_path: Path
) -> None:
    pg.execute("UPDATE plan SET status = 'retired'")
    pg.execute("UPDATE grid SET valid_to = now()")
    code = f"{CODE}101"
    assert len(people.on_duty(pg, code)) == 1
    pg.commit()
    assert "in force" in run(database_url, tmp_path, "duty", code, "li", status=1)
    assert run(database_url, tmp_path, "duty", code, "wang", "--remove") == f"{code}: – wang\n"
    assert people.on_duty(pg, code) == []
    told = run(database_url, tmp_path, "duty", code, "wang", "--remove", status=1)
    assert "There is no grid" in told
    logged = pg.execute(
        "SELECT subject, community_id FROM audit_entry WHERE action = 'duty.remove'"
    ).fetchall()
    assert logged == [(f"grid {code}", 1)]


def test_a_year_is_added_to_the_calendar(database_url: str, pg: psycopg.Connection, tmp_path: Path) -> None:
    days = "day,working,name\n2027-01-01,false,元旦\n2027-01-02,true,调休\n"
    assert run(database_url, tmp_path, "calendar", written(tmp_path, days)).startswith("calendar: 2\n")
    assert pg.execute("SELECT working, name FROM calendar_day ORDER BY day").fetchall() == [
        (False, "元旦"),
        (True, "调休"),
    ]
    told = run(database_url, tmp_path, "calendar", written(tmp_path, "day,working,name\nx,y,z\n"), status=1)
    assert "x" in told


def test_reports_at_many_points_are_tried_out(database_url: str, tmp_path: Path) -> None:
    lon, lat = place(1)
    text = f"lon,lat,category\n{lon},{lat},{RUBBISH}\n0,0,{RUBBISH}\n"
    rows = list(csv.DictReader(io.StringIO(run(database_url, tmp_path, "try", written(tmp_path, text)))))
    assert [(row["department"], row["grid"] != "") for row in rows] == [
        ("urban_management", True),
        ("", False),
    ]
    bad = written(tmp_path, f"lon,lat,category\n{lon},{lat},{RUBBISH}\n{lon},{lat},nothing\n")
    assert "line 3, category = 'nothing'" in run(database_url, tmp_path, "try", bad, status=1)


def test_timers_and_what_is_daily(database_url: str, tmp_path: Path) -> None:
    assert "fired: 0" in run(database_url, tmp_path, "timers", "--now", "2027-01-01T00:00+08:00")
    assert "incident" in run(database_url, tmp_path, "timers", "--dry-run")
    assert "is no time" in run(database_url, tmp_path, "timers", "--now", "soon", status=1)
    assert "contacts" in run(database_url, tmp_path, "keep")
    assert run(database_url, tmp_path, "freeze", "2025") != "2025: 0\n"
    assert run(database_url, tmp_path, "freeze", "2025") == "2025: 0\n"
    assert "not frozen" in run(database_url, tmp_path, "freeze", "2999", status=1)
