"""The command line on an external server (DATABASE_URL), from import to adoption, and what it says of mistakes."""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest

from gis_core.editing.admission import Request
from gis_core.editing.ground import Places
from gis_core.editing.rules import EditKind, Move
from gis_core.editing.service import move_buildings
from gis_core.editing.versions import create_draft, fork_plan
from partitioning import Rules
from tests.command import WANGGE, Done, called, started
from tests.towns.bubenec import bubenec_file

Run = Callable[..., Done]


@pytest.fixture
def wangge(database_url: str) -> Run:
    def run(*arguments: str, lang: str = "en", how: Callable[..., Done] = called) -> Done:
        return how(*arguments, env=os.environ | {"DATABASE_URL": database_url, "WANGGE_LANG": lang})

    return run


@pytest.fixture
def town(wangge: Run) -> Run:
    done = wangge("import", str(bubenec_file()), "--community", "110108003007", "--floors", "5", "--yes")
    assert done.returncode == 0, done.stderr
    return wangge


def test_from_import_to_adoption(town: Run, tmp_path: Path) -> None:
    town = partial(town, how=started)
    drawn = town("draw", "110108003007", "--seed", "1")
    assert drawn.returncode == 0, drawn.stderr
    assert "plan: 110108003007@1" in drawn.stdout
    assert "110108003007001" in drawn.stdout
    assert "households 150–300" in drawn.stdout
    assert "✗" not in drawn.stdout
    assert town("plan", "show", "110108003007").stdout.count("110108003007001") == 1
    assert "110108003007@1: proposed" in town("plan", "propose", "110108003007").stdout
    assert "110108003007@1: adopted" in town("plan", "adopt", "110108003007@1").stdout
    assert "adopted" in town("plan", "list").stdout
    exported = town("export", "110108003007", "--to", str(tmp_path / "plan.gpkg"))
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "plan.gpkg").stat().st_size > 0
    assert "110108003007@1: retired" in town("plan", "retire", "110108003007@1").stdout


def test_html_report_is_one_file_without_foreign_addresses(town: Run, tmp_path: Path) -> None:
    town("draw", "110108003007")
    done = town("export", "110108003007", "--to", str(tmp_path / "plan.html"), lang="zh")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert "网格" in page
    assert re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\W*http", page) == []


def test_chinese_comes_with_the_locale(town: Run) -> None:
    drawn = town("draw", "110108003007", lang="zh")
    assert "结果: 可行" in drawn.stdout or "结果: 最优" in drawn.stdout
    assert "户数 150–300" in drawn.stdout


def cells(printed: str) -> list[list[str]]:
    """The rows of a table, its head as well."""
    rows = [re.split("[┃│]", line)[1:-1] for line in printed.splitlines() if line.startswith(("┃", "│"))]
    return [[cell.strip() for cell in row] for row in rows]


def test_tables_and_outcomes_are_chinese(town: Run) -> None:
    drawn = town("draw", "110108003007", lang="zh")
    assert "面积（公顷）" in drawn.stdout
    assert re.search(
        r"切割代价 \d+ 米 · 紧凑度 \d+ 平方米 · 户数最大偏差 [\d.]+% · 被分割小区 0 · ", drawn.stdout
    )
    head, row = cells(town("plan", "list", lang="zh").stdout)
    assert head == ["编号", "方案", "状态", "结果", "网格数"]
    assert row[1:3] == ["110108003007@1", "草案"]
    assert row[3] in ("可行", "最优")
    assert "110108003007@1：拟定\n" in town("plan", "propose", "110108003007", lang="zh").stdout
    again = town("plan", "propose", "110108003007@1", lang="zh")
    assert "的状态是拟定，不能变为拟定；可以变为：已采用、草案、已停用。" in again.stderr
    added = town("user", "add", "li.na", "--role", "planner", lang="zh")
    assert re.search(r"已添加：li\.na\n可登录一次，30 分钟内有效：http://\S+", added.stdout)
    assert cells(town("user", "list", lang="zh").stdout) == [
        ["账号", "显示名", "角色", "登录方式", "状态"],
        ["li.na", "li.na", "规划员 planner · 全部范围", "链接", ""],
    ]
    assert cells(town("token", "list", lang="zh").stdout)[0][-2:] == ["有效期至", "吊销"]
    assert town("user", "disable", "li.na", lang="zh").stdout == "li.na：已停用\n"
    assert cells(town("key", "list", lang="zh").stdout) == [["名称", "辖区", "签发", "吊销"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("draw", "nowhere"), "没有社区“nowhere”。数据库中还没有社区。请用 `wangge import 文件` 导入。"),
        (("draw", "x.gpkg"), "x.gpkg 的结果写到哪里？请用 -o plan.gpkg 指定。"),
        (("draw", "x", "--grids", "few"), "--grids “few”应是数（如 5）或范围（如 4-8）。"),
        (("plan", "adopt", "nowhere@1"), "没有方案“nowhere@1”。"),
        (("export", "x", "--to", "x.dwg"), "“x.dwg”不是已知格式"),
    ],
)
def test_mistakes_are_told_in_chinese(wangge: Run, arguments: tuple[str, ...], words: str) -> None:
    done = wangge(*arguments, lang="zh")
    assert (done.returncode, done.stderr.split(words)[0]) == (1, "wangge: ")


def test_a_plan_edited_by_hand_is_judged_as_it_is_now(town: Run, database_url: str) -> None:
    assert "✗" not in town("draw", "110108003007").stdout
    request, places = Request(1, 0, "li.na", datetime(2026, 11, 30, tzinfo=UTC)), Places()
    with psycopg.connect(database_url) as connection:
        buildings = [
            row[0]
            for row in connection.execute(
                "SELECT building_id FROM assignment WHERE plan_id = 1 AND grid_number = 1 ORDER BY building_id"
            )
        ]
        moves = [Move(building, 1, 2) for building in buildings[:-1]]
        move_buildings(connection, places, request, moves, kind=EditKind.BRUSH)
        fork_plan(connection, places, 1, name="fork", by="li.na", now=request.now)
        code, now = "110108003007", request.now
        create_draft(connection, places, code, rules=Rules(), name="empty", by="li.na", now=now)
    listed = cells(town("plan", "list").stdout)[1:]
    assert [(row[1], row[3]) for row in listed] == [
        (f"110108003007@{version}", "edited by hand") for version in (3, 2, 1)
    ]
    for plan in ("1", "2"):
        shown = town("plan", "show", plan)
        assert shown.stdout.startswith(
            f"110108003007@{plan} (id {plan}): draft\nresult: edited by hand (checked"
        )
        rows = {row[0]: row for row in cells(shown.stdout)}
        assert rows["1"][4] == "1"
        assert all(re.fullmatch(r"✗ \d+ too few", rows["1"][place]) for place in (6, 7))
        assert all(re.fullmatch(r"✗ \d+ too many", rows["2"][place]) for place in (6, 7))
        assert re.search(r"- Grid 1 has \d+ households", shown.stdout), shown.stdout
        assert "bound" not in shown.stdout
    empty = town("plan", "show", "3", lang="zh")
    assert empty.stdout.splitlines()[-2:] == ["结果: 手工编辑（按现状核对）", "有 144 栋楼未分配网格"]


def test_areas_are_loaded_listed_and_hold_communities(town: Run, tmp_path: Path) -> None:
    refused = town("user", "add", "wang", "--role", "viewer", "--area", "110108003000")
    assert (
        "There is no admin area with the code 110108003000; none are loaded yet. Load areas" in refused.stderr
    )
    file = tmp_path / "areas.csv"
    file.write_text("code,name\n110108003,街道\n110108,海淀区\n110108003007,社区\n", encoding="gb18030")
    loaded = town("area", "load", str(file), lang="zh")
    assert loaded.stdout.splitlines() == [
        "区域：2；归入所属区域的社区：1",
        "未载入的社区行：1。社区随楼栋一起导入（wangge import）。",
    ]
    assert cells(town("area", "list").stdout)[1:] == [
        ["110108000000", "district", "海淀区", ""],
        ["110108003000", "subdistrict", "街道", "110108000000"],
    ]
    assert town("user", "add", "wang", "--role", "viewer", "--area", "110108003000").returncode == 0
    assert town("area", "place", "110108003007").stdout == "110108003007: –\n"
    assert town("area", "place", "110108003007", "110108000000").stdout == "110108003007: 110108000000\n"
    assert "There is no admin area with the code 1; there are 110108000000, 110108003000. Load" in (
        town("area", "place", "110108003007", "1").stderr
    )
    assert "There is no community with the code x" in town("area", "place", "x").stderr


def test_a_community_imported_later_lies_in_the_area_of_its_code(
    wangge: Run, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("code,name\n110108,海淀区\n", encoding="utf-8")
    assert wangge("area", "load", str(file)).stdout == "areas: 1; communities put into theirs: 0\n"
    done = wangge("import", str(bubenec_file()), "--community", "110108003007", "--floors", "5", "--yes")
    assert done.returncode == 0, done.stderr
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT code, area_code FROM community").fetchall() == [
            ("110108003007", "110108000000")
        ]


def test_help_is_chinese_where_the_language_is(wangge: Run) -> None:
    for lang, words in (
        ("zh", ("选项", "采用已拟定的方案", "显示本说明并退出。")),
        ("en", ("Options", "Adopt a proposed plan")),
    ):
        told = wangge("plan", "--help", lang=lang, how=started).stdout
        assert all(part in told for part in words), told


def test_infeasible_draw_prints_the_reason_and_the_relaxation(town: Run) -> None:
    done = town("draw", "110108003007", "--grids", "2-3")
    assert done.returncode == 0
    assert "infeasible (proven)" in done.stdout
    reason = next(line for line in done.stdout.splitlines() if line.startswith("- "))
    assert re.search(r"has [0-9]+ households; 3 grids of at most 300 hold 900", reason), reason
    assert re.search(r"Raising the most number of grids to [0-9]+ would allow it\.$", reason), reason


MISTAKES = (
    (("draw", "nowhere"), "There is no community 'nowhere'. The database holds: 110108003007"),
    (
        ("draw", "110108003007", "-o", "x.gpkg", "--households", "hh", "--no-estimate", "--layer", "a=b"),
        "only files take -o, --households, --no-estimate, --layer. Leave that out; counts are told to `wangge import`",
    ),
    (("plan", "show", "7777"), "There is no plan '7777'"),
    (("plan", "adopt", "110108003007"), "There is no plan '110108003007'"),
    (("export", "1", "--to", "x.pdf"), "end it in one of .gpkg, .geojson, .shp.zip, .csv, .kml, .html"),
    (("db", "start"), "neither starts nor stops"),
    (("import", "absent.gpkg"), "absent.gpkg"),
    (("draw", "110108003007", "--time-limit", "nan"), "--time-limit nan is not a number of seconds above 0"),
    (
        ("import", "absent.gpkg", "--faults", "no/faults.csv"),
        "The folder no of the list of faults does not exist",
    ),
)


def test_mistakes_are_one_clear_error(town: Run) -> None:
    for arguments, message in MISTAKES:
        done = town(*arguments)
        assert done.returncode == 1
        assert message in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"DATABASE_URL": "garbage"}, "DATABASE_URL is not a PostgreSQL URL"),
        ({"PORT": "abc"}, "PORT=abc: Input should be a valid integer"),
        ({"WANGGE_DATA": "/proc/nowhere"}, "The data folder /proc/nowhere cannot be used"),
        ({"WANGGE_DATA": str(WANGGE)}, "cannot be used: File exists"),
    ],
)
def test_wrong_settings_are_told_in_words(setting: dict[str, str], message: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = called("plan", "list", env=environment | {"WANGGE_LANG": "en"} | setting)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_told_in_chinese() -> None:
    environment = os.environ | {"WANGGE_LANG": "fr", "LC_ALL": "zh_CN.UTF-8", "PORT": "abc"}
    done = started("plan", "list", env=environment)
    assert done.returncode == 1
    assert sorted(done.stderr.removeprefix("wangge: ").splitlines()) == [
        "PORT=abc：须为整数。请改正，或取消设置。",
        "WANGGE_LANG=fr：须为“zh”或“en”。请改正，或取消设置。",
    ]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wangge-cli-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data"


def test_embedded_database_is_started_asked_and_stopped(data_dir: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}

    def db(command: str) -> str:
        own = {"WANGGE_DATA": str(data_dir), "WANGGE_LANG": "en"}
        done = started("db", command, env=environment | own)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "not running" in db("status")
    assert "running" in db("start")
    assert "running: process" in db("status")
    assert "schema: revision" in db("migrate")
    answered = subprocess.run(
        ["psql", db("url").strip(), "-Atc", "SELECT count(*) FROM community"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert answered.stdout == "0\n"
    assert "stopped" in db("stop")
    assert "was not running" in db("stop")


def test_accounts_from_adding_to_closing(town: Run) -> None:
    added = town("user", "add", "li.na", "--role", "planner", "--community", "110108003007")
    assert added.returncode == 0, added.stderr
    assert re.search(r"signs in once, within 30 minutes: http://127\.0\.0\.1:\d+/login/\S{40,}", added.stdout)
    assert town("user", "grant", "li.na", "--role", "viewer").returncode == 0
    assert "planner · 110108003007" in town("user", "list").stdout
    assert town("user", "revoke", "li.na", "--role", "viewer").returncode == 0
    assert "│ 110108003007 │ 社区 │" in town("key", "jurisdictions", lang="zh").stdout
    twice = town("user", "revoke", "li.na", "--role", "viewer", lang="zh")
    assert twice.stderr == "wangge: li.na 在该处不是查看者 viewer。\n"
    assert re.fullmatch(r"\S{40,}\n", town("token", "add", "li.na", "--label", "QGIS").stdout)
    assert "QGIS" in town("token", "list").stdout
    assert town("token", "revoke", "1").returncode == 0
    assert "no token 1 that still holds" in town("token", "revoke", "1").stderr
    assert town("user", "disable", "li.na").returncode == 0
    assert "is disabled" in town("user", "link", "li.na").stderr
    assert "disabled" in town("user", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("user", "add", "a b"), "is not an account name"),
        (("user", "add", "a", "--community", "110108003007"), "name it with --role"),
        (("user", "add", "a", "--role", "planner", "--community", "none"), "no community with the code none"),
        (("user", "add", "a", "--role", "planner", "--area", "1"), "no admin area with the code 1"),
        (("user", "passwd", "nobody"), "--password-stdin"),
        (("user", "link", "nobody"), "There is no account 'nobody'"),
    ],
)
def test_mistakes_with_accounts_are_told_and_change_nothing(
    town: Run, arguments: tuple[str, ...], words: str
) -> None:
    done = town(*arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert re.search(r"^│ a ", town("user", "list").stdout, re.MULTILINE) is None


def test_keys_of_programs(wangge: Run) -> None:
    made = wangge("key", "add", "citizen-app")
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"[\w-]{43}\n", made.stdout)
    assert re.search(r"citizen-app\W+everywhere", wangge("key", "list").stdout)
    assert wangge("key", "revoke", "citizen-app").stdout == "citizen-app: revoked\n"
    wrong = wangge("key", "add", "other", "--jurisdiction", "city")
    assert wrong.returncode == 1
    assert (
        "there is no admin area and no community with this code; `wangge key jurisdictions` lists them"
        in wrong.stderr
    )
    assert wangge("key", "jurisdictions").returncode == 0
