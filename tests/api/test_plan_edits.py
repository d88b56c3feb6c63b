"""Editing a plan over HTTP: what is answered, what is refused, and that nothing is changed then."""

import json
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from tests.towns.town_sql import CODE, EAST, GRID_OF, HOUSEHOLDS, LON, raise_version


@pytest.fixture
def ids(pg: psycopg.Connection, plan: int) -> dict[int, int]:  # noqa: ARG001 (the town is its work)
    """{number of a building in the drawing: its id}"""
    rows = pg.execute("SELECT name, id FROM building").fetchall()
    return {int(name.removesuffix("号楼")): building for name, building in rows}


@pytest.fixture
def draft(pg: psycopg.Connection, plan: int) -> int:
    pg.execute("UPDATE plan SET status = 'draft' WHERE id = %s", [plan])
    pg.commit()
    return plan


class Editor:
    """Somebody who edits a plan and knows its revision."""

    def __init__(self, client: TestClient, plan: int, ids: dict[int, int]) -> None:
        self.client, self.plan, self.ids, self.revision = client, plan, ids, 0

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        headers = {"If-Match": f'"r{self.revision}"'} | {k.replace("_", "-"): v for k, v in headers.items()}
        answer = self.client.request(method, f"/plans/{self.plan}{path}", json=body, headers=headers)
        if answer.status_code == 200:
            self.revision = answer.json()["revision"]
            assert answer.headers["etag"] == f'"r{self.revision}"'
        return answer

    def move(self, moves: dict[int, tuple[int | None, int | None]], **more: str) -> Response:
        body = {
            "moves": [{"building": self.ids[n], "from": a, "to": b} for n, (a, b) in moves.items()],
            "kind": "brush",
        }
        return self.send("PATCH", "/assignments", body, **more)

    def where(self) -> dict[int, int]:
        """{building of the drawing: grid} as stored."""
        stored = self.client.get(f"/plans/{self.plan}/assignments").json()
        return {n: stored[str(i)] for n, i in self.ids.items() if str(i) in stored}


@pytest.fixture
def editor(client: TestClient, draft: int, ids: dict[int, int]) -> Editor:
    return Editor(client, draft, ids)


def counts(answer: Response) -> dict[int, tuple[int, int]]:
    return {grid["number"]: (grid["buildings"], grid["households"]) for grid in answer.json()["grids"]}


def test_a_move_changes_the_counts_and_says_how_the_plan_stands(editor: Editor) -> None:
    """Building 4 (40 households) goes from grid 2 (3, 4, 9, 10: 260) to grid 1 (1, 2, 7, 8: 180)."""
    answer = editor.move({4: (2, 1)})
    assert answer.status_code == 200
    assert counts(answer) == {1: (5, 220), 2: (3, 220), 3: (4, 220)}
    told = answer.json()
    assert (told["revision"], told["edit"]["kind"], told["edit"]["moves"]) == (
        1,
        "brush",
        [[editor.ids[4], 2, 1]],
    )
    assert told["history"] == {"undo": {"revision": 1, "kind": "brush"}, "redo": None}
    assert told["grids"][0]["rules"]["households"]["held"]
    assert told["grids"][0]["rules"]["contiguity"] == {
        "value": 2,
        "low": 1,
        "high": 1,
        "held": False,
        "by": 1,
    }
    assert told["unassigned"] == {"buildings": 0, "households": 0, "persons": 0}
    assert editor.where() == GRID_OF | {4: 1}


@pytest.mark.parametrize("spanning", [{"contiguity": "gaps"}, {"soft": {"contiguity": 1.0}}])
def test_a_grid_in_pieces_on_one_ground_is_broken_even_where_gaps_may_be_spanned(
    editor: Editor, client: TestClient, pg: psycopg.Connection, spanning: dict[str, Any]
) -> None:
    """A gap in the ground parts the last column, 6 and 12, from the others; grid 3 spans it over one link."""
    west, east = LON + 4.55 * EAST, LON + 4.95 * EAST
    pg.execute(
        "UPDATE community SET boundary = ST_Multi(ST_Difference(boundary, ST_MakeEnvelope(%s, 27, %s, 28, 4326)))",
        [west, east],
    )
    raise_version(pg, "communities")
    pg.commit()
    ((one, other),) = client.get(f"/communities/{CODE}/neighbours").json()["links"]
    assert {one, other} & {editor.ids[6], editor.ids[12]}
    rules = client.get(f"/plans/{editor.plan}").json()["rules"]

    def broken(answer: Response) -> list[int]:
        return [grid["number"] for grid in answer.json()["grids"] if not grid["rules"]["contiguity"]["held"]]

    assert broken(editor.send("PUT", "/rules", rules | spanning)) == []
    assert broken(editor.move({3: (2, 3)})) == [3]
    assert broken(editor.move({3: (3, 2), 4: (2, 1)})) == [1]
    assert broken(editor.move({3: (2, None), 9: (2, None)})) == [1]


def test_areas_follow_the_buildings(editor: Editor, pg: psycopg.Connection) -> None:
    editor.move({4: (2, 1), 10: (2, 1)})
    grids = editor.client.get(f"/plans/{editor.plan}/grids").json()["features"]
    assert [grid["properties"]["number"] for grid in grids] == [1, 2, 3]
    rows = pg.execute(
        "SELECT g.number, count(*) FROM grid g JOIN building b ON ST_Covers(ST_Buffer(g.area, 1e-7), b.footprint)"
        " WHERE g.plan_id = %s GROUP BY 1 ORDER BY 1",
        [editor.plan],
    ).fetchall()
    assert rows == [(1, 6), (2, 2), (3, 4)]
    whole = pg.execute(
        "SELECT sum(g.area_m2), ST_Area(ST_Transform(boundary, 4547)), ST_Area(ST_Union(g.area)) / sum(ST_Area(g.area))"
        " FROM grid g JOIN community c ON c.id = community_id WHERE plan_id = %s GROUP BY c.id",
        [editor.plan],
    ).fetchone()
    assert whole is not None
    assert whole[0] == pytest.approx(
        whole[1], rel=1e-4
    )  # sides are straight in degrees here, in metres there
    assert whole[2] == pytest.approx(1, rel=1e-7)


def test_a_grid_begins_and_ends_with_its_buildings(editor: Editor) -> None:
    made = editor.move({1: (1, 5), 2: (1, None)})
    assert counts(made) == {1: (2, 150), 2: (4, 260), 3: (4, 220), 5: (1, 10)}
    assert made.json()["unassigned"] == {"buildings": 1, "households": 20, "persons": 60}
    assert made.json()["grids"][3]["code"] == f"{CODE}005"
    gone = editor.move({1: (5, 2)})
    assert set(counts(gone)) == {1, 2, 3}


def test_a_plan_without_any_assignment_can_be_filled(editor: Editor) -> None:
    emptied = editor.move({n: (grid, None) for n, grid in GRID_OF.items()})
    assert (emptied.json()["grids"], emptied.json()["unassigned"]["buildings"]) == ([], 12)
    filled = editor.move(dict.fromkeys(GRID_OF, (None, 1)))
    assert counts(filled) == {1: (12, sum(HOUSEHOLDS.values()))}


def test_an_older_revision_is_told_what_happened_since(editor: Editor, client: TestClient) -> None:
    late = Editor(client, editor.plan, editor.ids)
    editor.move({4: (2, 1)})
    refused = late.move({5: (3, 2)})
    assert refused.status_code == 412
    told = refused.json()
    assert told["revision"] == 1
    assert [(one["revision"], one["moves"]) for one in told["delta"]["edits"]] == [
        (1, [[editor.ids[4], 2, 1]])
    ]
    assert "版本" not in told["detail"]
    assert "方案已更新到修订 1" in told["detail"]
    assert editor.where() == GRID_OF | {4: 1}


def test_others_edits_of_other_buildings_are_no_obstacle_to_the_lenient(
    editor: Editor, client: TestClient
) -> None:
    """Two edits were missed; a move of one of their buildings is refused, another is made and tells them."""
    late = Editor(client, editor.plan, editor.ids)
    editor.move({4: (2, 1)})
    editor.move({5: (3, 2)})
    refused = late.move({6: (3, 1), 5: (3, 1)}, Prefer="handling=lenient")
    assert (refused.status_code, editor.where()) == (412, GRID_OF | {4: 1, 5: 2})
    made = late.move({6: (3, 1)}, Prefer="respond-async, handling=lenient", Idempotency_Key="late 1")
    assert (made.status_code, editor.where()) == (200, GRID_OF | {4: 1, 5: 2, 6: 1})
    told = made.json()
    assert (told["revision"], told["edit"]["revision"]) == (3, 3)
    assert [edit["revision"] for edit in told["missed"]] == [1, 2]

    # the same request again, as after a lost answer: made once, and told what was missed once more
    editor.revision = 3
    editor.move({1: (1, 2)})
    late.revision = 0
    again = late.move({6: (3, 1)}, Prefer="handling=lenient", Idempotency_Key="late 1").json()
    assert (again["replayed"], again["edit"]["revision"], again["revision"]) == (True, 3, 4)
    assert [edit["revision"] for edit in again["missed"]] == [1, 2]


def test_the_lenient_undo_over_others_edits(editor: Editor, client: TestClient) -> None:
    late = Editor(client, editor.plan, editor.ids)
    editor.move({4: (2, 1)})
    undone = late.send("POST", "/undo", Prefer="handling=lenient").json()
    assert (undone["edit"]["kind"], [edit["revision"] for edit in undone["missed"]]) == ("undo", [1])
    assert editor.where() == GRID_OF


def test_a_revision_that_is_not_there_yet_is_refused_to_the_lenient_too(editor: Editor) -> None:
    editor.revision = 7
    refused = editor.move({4: (2, 1)}, Prefer="handling=lenient")
    assert (refused.status_code, refused.json()["delta"]) == (412, {"edits": []})
    assert "早于" in refused.json()["detail"]


def test_rules_allow_no_more_grids_than_there_are_codes_for(editor: Editor) -> None:
    rules = editor.client.get(f"/plans/{editor.plan}").json()["rules"]
    refused = editor.send("PUT", "/rules", rules | {"grids": [4, 1000]})
    assert (refused.status_code, "999" in refused.json()["detail"]) == (400, True)
    assert editor.send("PUT", "/rules", rules | {"grids": [4, 999]}).status_code == 200
    assert editor.send("POST", "/locks", {"lock": {"grids": [1000]}}).status_code == 400


def test_the_etag_of_the_plan_is_taken_as_if_match(editor: Editor) -> None:
    etag = editor.client.get(f"/plans/{editor.plan}").headers["etag"]
    assert editor.move({4: (2, 1)}, If_Match=etag).status_code == 200
    assert editor.client.get(f"/plans/{editor.plan}").headers["etag"] != etag
    assert editor.move({5: (3, 2)}, If_Match=etag).status_code == 412


def test_without_if_match_or_with_nonsense_nothing_is_done(editor: Editor) -> None:
    path = f"/plans/{editor.plan}/undo"
    missing = editor.client.post(path)
    assert (missing.status_code, "If-Match" in missing.json()["detail"]) == (428, True)
    wrong = editor.client.post(path, headers={"If-Match": "12"})
    assert (wrong.status_code, "If-Match: 12" in wrong.json()["detail"]) == (400, True)


def test_a_request_sent_again_is_carried_out_once(editor: Editor) -> None:
    first = editor.move({4: (2, 1)}, Idempotency_Key="k1")
    editor.revision = 0
    again = editor.move({4: (2, 1)}, Idempotency_Key="k1")
    assert again.status_code == 200
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    assert again.json()["edit"] == first.json()["edit"]
    assert again.json()["revision"] == 1
    other = editor.move({5: (3, 2)}, Idempotency_Key="k1")
    assert other.status_code == 422
    assert "幂等键" in other.json()["detail"]


@pytest.mark.parametrize(
    ("moves", "status", "words"),
    [
        ([{"building": 999999, "from": None, "to": 1}], 400, "没有编号为 999999 的楼栋"),
        ([{"building": 1, "from": 1, "to": 9}], 400, "网格 9 超出范围：网格号须1–8"),
        ([{"building": 1, "from": 1, "to": 0}], 400, "网格 0 超出范围"),
        ([{"building": 1, "from": 2, "to": 3}], 409, "1号楼在网格 1，不在网格 2"),
        ([{"building": 1, "from": 1, "to": 2}, {"building": 1, "from": 1, "to": 3}], 400, "多次移动了楼栋"),
        ([], 400, "moves"),
        ([{"building": 1, "to": 2}], 400, "from"),
        ([{"building": "1", "from": 1, "to": 2}], 400, "building"),
    ],
)
def test_a_wrong_move_is_refused_whole(
    editor: Editor, moves: list[dict[str, Any]], status: int, words: str
) -> None:
    for one in moves:
        one["building"] = editor.ids.get(one["building"], one["building"])
    good = {"building": editor.ids[12], "from": 3, "to": 2}
    answer = editor.send("PATCH", "/assignments", {"moves": [good, *moves] if moves else []})
    assert answer.status_code == status
    assert words in json.dumps(answer.json(), ensure_ascii=False)
    assert editor.where() == GRID_OF


def test_locks_hold_buildings_estates_grids_and_all(editor: Editor, pg: psycopg.Connection) -> None:
    estate = pg.execute("SELECT id FROM estate WHERE name = 'Orchard'").fetchone()
    assert estate
    for lock, move, free in (
        ({"buildings": [editor.ids[4]]}, {4: (2, 1)}, {3: (2, 2)}),
        ({"estates": [estate[0]]}, {7: (1, 2)}, {6: (3, 3)}),
        ({"grids": [3]}, {4: (2, 3)}, {4: (2, 2)}),
        ({"all": True}, {1: (1, 2)}, {1: (1, 1)}),
    ):
        locked = editor.send("POST", "/locks", {"lock": lock})
        assert locked.json()["locks"] == {"buildings": [], "estates": [], "grids": [], "all": False} | lock
        refused = editor.move(move)
        assert (refused.status_code, "已锁定" in refused.json()["detail"]) == (409, True)
        assert editor.move(free).json()["edit"] is None
        assert editor.send("POST", "/locks", {"unlock": lock}).status_code == 200
    wrong = editor.send("POST", "/locks", {"lock": {"buildings": [999999], "estates": [888888]}})
    assert wrong.status_code == 400
    assert "999999" in wrong.json()["detail"]
    assert "888888" in wrong.json()["detail"]


def test_undo_takes_back_to_the_first_state_and_redo_brings_all_again(editor: Editor) -> None:
    editor.move({4: (2, 1), 5: (3, None)})
    editor.move({4: (1, 3)})
    editor.move({6: (3, 4)})
    last = editor.where()
    for kind in ("brush", "brush", "brush"):
        undone = editor.send("POST", "/undo")
        assert (undone.status_code, undone.json()["edit"]["kind"]) == (200, "undo")
        assert undone.json()["history"]["redo"]["kind"] == kind
    assert editor.where() == GRID_OF
    none = editor.send("POST", "/undo")
    assert (none.status_code, "没有可撤销的操作" in none.json()["detail"]) == (409, True)
    for _ in range(3):
        assert editor.send("POST", "/redo").status_code == 200
    assert editor.where() == last
    assert editor.send("POST", "/redo").status_code == 409


def test_undo_respects_locks(editor: Editor) -> None:
    editor.move({4: (2, 1)})
    editor.send("POST", "/locks", {"lock": {"grids": [1]}})
    refused = editor.send("POST", "/undo")
    assert (refused.status_code, "已锁定" in refused.json()["detail"]) == (409, True)
    editor.send("POST", "/locks", {"unlock": {"grids": [1]}})
    assert editor.send("POST", "/undo").status_code == 200
    assert editor.where() == GRID_OF


def test_rules_are_changed_undone_and_checked(editor: Editor) -> None:
    before = editor.client.get(f"/plans/{editor.plan}").json()["rules"]
    changed = editor.send("PUT", "/rules", before | {"households": [100, 270], "grids": [3, 9]})
    assert changed.status_code == 200
    assert changed.json()["rules"]["households"] == [100, 270]
    assert all(grid["rules"]["households"]["held"] for grid in changed.json()["grids"])
    assert editor.move({1: (1, 9)}).status_code == 200
    wrong = editor.send("PUT", "/rules", {"households": [300, 100], "persons": "x", "colour": "red"})
    assert wrong.status_code == 400
    assert len(wrong.json()["faults"]) == 3
    editor.send("POST", "/undo")
    assert editor.send("POST", "/undo").json()["rules"]["households"] == before["households"]


def test_a_plan_is_renamed(editor: Editor) -> None:
    assert editor.send("PATCH", "", {"name": " 春季方案 "}).status_code == 200
    assert editor.client.get(f"/plans/{editor.plan}").json()["name"] == "春季方案"
    refused = editor.send("PATCH", "", {"name": "x" * 101})
    assert (refused.status_code, "最多 100" in refused.json()["detail"]) == (400, True)


def test_the_journal_is_paged_newest_first(editor: Editor) -> None:
    for step in range(5):
        editor.move({4: (2, 1) if step % 2 == 0 else (1, 2)})
    seen, before = [], ""
    while True:
        page = editor.client.get(f"/plans/{editor.plan}/history?limit=2{before}").json()
        seen += [edit["revision"] for edit in page["edits"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert seen == [5, 4, 3, 2, 1]


def test_only_drafts_are_edited(editor: Editor, pg: psycopg.Connection) -> None:
    for status, way in (("proposed", "退回为草案"), ("adopted", "另存为新方案"), ("retired", "另存为新方案")):
        pg.execute("UPDATE plan SET status = %s", [status])
        pg.commit()
        refused = editor.move({4: (2, 1)})
        assert (refused.status_code, way in refused.json()["detail"]) == (409, True)


def test_an_unknown_plan_is_said_to_be_unknown(client: TestClient, draft: int) -> None:
    answer = client.post(f"/plans/{draft + 1}/undo", headers={"If-Match": '"r0"'})
    assert (answer.status_code, "没有编号为" in answer.json()["detail"]) == (404, True)


def test_the_edited_plan_is_shown_with_what_it_breaks_now(editor: Editor) -> None:
    editor.move({4: (2, 1)})
    told = editor.client.get(f"/plans/{editor.plan}").json()
    assert told["engine"]["status"] == "edited"
    assert told["revision"] == 1
    assert "网格 1 " in " ".join(reason["text"] for reason in told["reasons"])
    assert told["history"]["undo"] == {"revision": 1, "kind": "brush"}
