"""The engine beside the planner: real workers on a real server propose; nothing is written but by accepting."""

import signal
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from api.commands.worker import workers
from tests.people import bearer, person
from tests.serving import events, serving
from tests.towns.town_sql import GRID_OF, HOUSEHOLDS

EASY = {"grids": [3, 4], "households": [150, 260], "persons": None, "balance_tolerance": None}


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    with serving(database_url) as address:
        yield address


@pytest.fixture
def planner(site: str, pg: psycopg.Connection, plan: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, headers=bearer(pg, person(pg, "planner")), timeout=60) as client:
        assert plan == 1
        yield client


@pytest.fixture
def worker(database_url: str) -> Iterator[None]:
    with workers(database_url, 1):
        yield


def give_rules(planner: httpx.Client, **rules: object) -> None:
    now = planner.get("/plans/1")
    answer = planner.put(
        "/plans/1/rules", json=now.json()["rules"] | EASY | rules, headers={"If-Match": now.headers["ETag"]}
    )
    assert answer.status_code == 200, answer.text


def start(planner: httpx.Client, kind: str, **body: object) -> int:
    answer = planner.post(f"/plans/1/{kind}", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/jobs/{answer.json()['id']}"
    return answer.json()["id"]


def ended(planner: httpx.Client, job: int) -> dict:
    """The job once it is done, its events followed to the end."""
    with planner.stream("GET", f"/jobs/{job}/events") as answer:
        names = [name for name, _, _ in events(answer.iter_lines())]
    assert names[-1] == "done"
    assert set(names[:-1]) <= {"progress"}
    return planner.get(f"/jobs/{job}", params={"lang": "en"}).json()


def after(moves: list[dict]) -> dict[int, int | None]:
    return GRID_OF | {move["building"]: move["to"] for move in moves}


def sums(grids: dict[int, int | None]) -> dict[int | None, int]:
    return {grid: sum(HOUSEHOLDS[b] for b in grids if grids[b] == grid) for grid in set(grids.values())}


@pytest.mark.usefixtures("worker")
def test_every_kind_of_job_proposes_and_writes_nothing(planner: httpx.Client) -> None:
    give_rules(planner)
    before = planner.get("/plans/1/assignments").json()
    for kind in ("draw", "repair", "complete", "suggest", "explain"):
        job = ended(planner, start(planner, kind))
        assert (job["status"], job["kind"], job["plan"], job["revision"]) == ("done", kind, 1, 1)
        result = job["result"]
        assert result["status"] in ("optimal", "feasible"), kind
        if kind == "explain":
            assert result["moves"] == []
            assert "there is a plan" in result["reasons"][0]["text"]
            continue
        assert all(150 <= households <= 260 for households in sums(after(result["moves"])).values()), kind
        assert all(grid["rules"]["households"]["held"] for grid in result["after"]["grids"])
    assert planner.get("/plans/1/assignments").json() == before
    assert planner.get("/plans/1").json()["revision"] == 1


@pytest.mark.usefixtures("worker")
def test_a_suggestion_offers_several_plans_of_which_none_is_worse_in_everything(
    planner: httpx.Client,
) -> None:
    give_rules(planner)
    alternatives = ended(planner, start(planner, "suggest"))["result"]["alternatives"]
    assert alternatives
    figures = [tuple(v for k, v in sorted(one["figures"].items()) if k != "grids") for one in alternatives]
    for one in figures:
        assert not any(
            all(a <= b for a, b in zip(other, one, strict=True)) and other != one for other in figures
        )


@pytest.mark.usefixtures("worker")
def test_jobs_leave_locked_and_kept_buildings_where_they_are(planner: httpx.Client) -> None:
    give_rules(planner)
    planner.post(
        "/plans/1/locks", json={"lock": {"buildings": [12], "grids": [1]}}, headers={"If-Match": '"r1"'}
    )
    result = ended(planner, start(planner, "draw", keep=[3, 4]))["result"]
    moved = {move["building"] for move in result["moves"]}
    assert moved.isdisjoint({12, 3, 4, 1, 2, 7, 8})
    assert 1 not in {move["to"] for move in result["moves"]}


@pytest.mark.usefixtures("worker")
def test_a_split_divides_its_grid_and_accepting_it_is_an_edit(planner: httpx.Client) -> None:
    give_rules(planner, grids=[3, 5])
    job = ended(planner, start(planner, "split", grid=3, into=2))
    told = [one["text"] for one in planner.get(f"/jobs/{job['id']}?lang=zh").json()["result"]["reasons"]]
    assert "无法拆成都符合规则的部分" in told[0]
    assert any("，至少需要 150，还差 " in words for words in told[1:]), "the rule is a hard one"
    assert "期望" not in "".join(told)
    give_rules(planner, grids=[3, 5], households=[50, 260])
    job = ended(planner, start(planner, "split", grid=3, into=2))
    moves = job["result"]["moves"]
    assert {move["from"] for move in moves} == {3}
    assert {move["to"] for move in moves} == {4}
    answer = planner.patch(
        "/plans/1/assignments", json={"moves": moves, "kind": "accept", "details": {"job": job["id"]}},
        headers={"If-Match": f'"r{job["revision"]}"'},
    )  # fmt: skip
    assert answer.status_code == 200
    assert [grid["number"] for grid in answer.json()["grids"]] == [1, 2, 3, 4]


@pytest.mark.usefixtures("worker")
def test_why_there_is_no_plan_is_told_in_both_languages(planner: httpx.Client) -> None:
    job = ended(planner, start(planner, "explain"))
    assert job["result"]["status"] == "infeasible"
    assert job["result"]["moves"] == []
    english = [reason["text"] for reason in job["result"]["reasons"]]
    chinese = [
        reason["text"] for reason in planner.get(f"/jobs/{job['id']}?lang=zh").json()["result"]["reasons"]
    ]
    assert english
    assert all(en != zh and en.isascii() for en, zh in zip(english, chinese, strict=True))


def test_one_job_a_plan_and_what_waits_is_cancelled_at_once(planner: httpx.Client) -> None:
    job = start(planner, "draw")
    assert planner.get("/plans/1").json()["job"] == {"id": job, "kind": "draw"}
    again = planner.post("/plans/1/repair?lang=en")
    assert again.status_code == 409
    assert "cancel that job" in again.text
    assert planner.delete(f"/jobs/{job}").json()["status"] == "cancelled"
    assert ended(planner, job)["result"] is None
    assert planner.get("/plans/1").json()["job"] is None
    start(planner, "repair")


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("draw", {"keep": [99]}, "99"),
        ("split", {"grid": 9}, "grid = 9"),
        ("split", {"grid": 1, "into": 9}, "into = 9"),
        ("split", {}, "grid"),
        ("draw", {"preset": "pretty"}, "preset"),
        ("draw", {"grid": 1}, "grid"),
        ("draw", {"seed": -1}, "seed"),
    ],
)
def test_a_job_that_does_not_fit_is_refused(planner: httpx.Client, kind: str, body: dict, said: str) -> None:
    answer = planner.post(f"/plans/1/{kind}?lang=en", json=body)
    assert 400 <= answer.status_code < 500
    assert said in answer.text
    assert planner.get("/plans/1").json()["job"] is None


def test_only_drafts_that_can_be_edited_have_jobs(planner: httpx.Client, pg: psycopg.Connection) -> None:
    for change, said in (
        ("status = 'adopted'", "fork it"),
        ("status = 'draft', engine = engine || '{\"split\": {\"1\": 2}}'", "splits buildings"),
    ):
        pg.execute(f"UPDATE plan SET {change}")
        pg.commit()
        answer = planner.post("/plans/1/draw?lang=en")
        assert answer.status_code == 409
        assert said in answer.text
    assert planner.get("/jobs/77").status_code == 404


def test_a_running_job_is_cancelled_at_the_next_progress(
    planner: httpx.Client, pg: psycopg.Connection, database_url: str
) -> None:
    """Cancelled before any progress is told: the engine ends with what it has."""
    give_rules(planner)
    job = start(planner, "draw")
    pg.execute("UPDATE plan_job SET cancelled = true")
    pg.commit()
    with workers(database_url, 1):
        told = ended(planner, job)
    assert told["status"] == "cancelled"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_job_whose_worker_ends_is_taken_up_by_another(
    planner: httpx.Client, pg: psycopg.Connection, database_url: str, how: signal.Signals
) -> None:
    """The lock of the ground holds the first worker up: told to end it gives its job back, killed it cannot."""
    give_rules(planner)
    pg.execute("UPDATE community_ground SET version = 'old'")
    pg.commit()
    pg.execute("SELECT pg_advisory_xact_lock(hashtext('wangge ground'), id::int) FROM community")
    job = start(planner, "draw")
    with workers(database_url, 1) as [first]:
        with planner.stream("GET", f"/jobs/{job}/events") as answer:
            assert next(events(answer.iter_lines()))[1] == {"share": 0, "found": None}
        first.send_signal(how)
        first.wait()
    pg.rollback()
    assert planner.get(f"/jobs/{job}").json()["status"] == ("queued" if how == signal.SIGTERM else "running")
    pg.execute("UPDATE plan_job SET heard_at = heard_at - interval '31 seconds'")
    pg.commit()
    with workers(database_url, 1):
        assert ended(planner, job)["status"] == "done"


def test_a_worker_ends_with_the_server_that_started_it(database_url: str) -> None:
    with workers(database_url, 1) as [one]:
        assert one.stdin is not None
        one.stdin.close()
        assert one.wait(30) == 128 + signal.SIGTERM


def test_a_job_that_kills_its_workers_is_given_up(
    planner: httpx.Client, pg: psycopg.Connection, database_url: str
) -> None:
    job = start(planner, "draw")
    pg.execute(
        "UPDATE plan_job SET status = 'running', attempts = 3, heard_at = now() - interval '31 seconds'"
    )
    pg.commit()
    with workers(database_url, 1):
        told = ended(planner, job)
    assert told["status"] == "failed"
    assert "Try again" in told["result"]["reasons"][0]["text"]
