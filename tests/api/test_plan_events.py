"""Live news of a plan from a real server: nothing is missed, nothing comes twice, and streams end with the server."""

import contextlib
import itertools
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from gis_core.accounts.rules import Role
from tests.people import bearer, person
from tests.serving import Event, events, serving


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    with serving(database_url) as address:
        yield address


@pytest.fixture
def lina(site: str, pg: psycopg.Connection) -> Iterator[httpx.Client]:
    with client(site, pg, "li.na") as one:
        yield one


def client(site: str, pg: psycopg.Connection, name: str) -> httpx.Client:
    return httpx.Client(base_url=site, headers=bearer(pg, person(pg, name)), timeout=30)


@contextlib.contextmanager
def watching(who: httpx.Client, plan: int, query: str = "", **headers: str) -> Iterator[Iterator[Event]]:
    """The events of a plan; the first, who is there, has come."""
    with who.stream("GET", f"/plans/{plan}/events{query}", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def until(stream: Iterator[Event], name: str, number: int = 1) -> list[Event]:
    """The next events of a name."""
    return list(itertools.islice((one for one in stream if one[0] == name), number))


def rename(who: httpx.Client, plan: int, revision: int) -> None:
    answer = who.patch(
        f"/plans/{plan}", json={"name": f"name {revision}"}, headers={"If-Match": f'"r{revision}"'}
    )
    assert answer.status_code == 200, answer.text


def test_an_edit_arrives_at_the_others(
    site: str, pg: psycopg.Connection, plan: int, lina: httpx.Client
) -> None:
    with client(site, pg, "wang") as wang, watching(wang, plan) as news:
        assert until(news, "presence") == [("presence", {"people": ["wang"]}, None)]
        moves = [{"building": 4, "from": 2, "to": 1}]
        body = {"moves": moves, "kind": "brush", "details": {}}
        lina.patch(f"/plans/{plan}/assignments", json=body, headers={"If-Match": '"r0"'})
        [(_, edit, revision)] = until(news, "edit")
        assert (edit["moves"], edit["kind"], edit["by"], revision) == ([[4, 2, 1]], "brush", "li.na", "1")
        lina.post(f"/plans/{plan}/comments", json={"place": [113.85, 27.62], "text": "here"})
        assert until(news, "comment") == [("comment", {}, None)]
        pg.execute("UPDATE plan SET status = 'proposed'")
        pg.commit()
        lina.post(f"/plans/{plan}/reopen", headers={"If-Match": '"r1"'})
        assert until(news, "status")[0][1] == {"status": "draft"}


@pytest.mark.parametrize("by_header", [True, False])
def test_what_was_missed_comes_first_in_order_and_once(
    plan: int, lina: httpx.Client, by_header: bool
) -> None:
    for revision in range(5):
        rename(lina, plan, revision)
    told = {"Last-Event-ID": "2"} if by_header else {}
    with watching(lina, plan, "?after=0" if by_header else "?after=2", **told) as news:
        before = list(itertools.takewhile(lambda one: one[0] == "edit", news))
        assert [int(id_ or 0) for _, _, id_ in before] == [3, 4, 5]
        rename(lina, plan, 5)
        rename(lina, plan, 6)
        assert [id_ for _, _, id_ in until(news, "edit", 2)] == ["6", "7"]


def test_a_long_absence_is_made_up_for(pg: psycopg.Connection, plan: int, lina: httpx.Client) -> None:
    pg.execute(
        "INSERT INTO plan_edit (plan_id, revision, kind, by, at)"
        " SELECT %s, n, 'name', 'x', now() FROM generate_series(1, 450) n",
        [plan],
    )
    pg.execute("UPDATE plan SET revision = 450")
    pg.commit()
    with watching(lina, plan, "?after=0") as news:
        assert [int(id_ or 0) for _, _, id_ in until(news, "edit", 450)] == list(range(1, 451))
        rename(lina, plan, 450)
        assert until(news, "edit")[0][2] == "451"


def test_who_is_there(site: str, pg: psycopg.Connection, plan: int, lina: httpx.Client) -> None:
    with client(site, pg, "wang") as wang, watching(lina, plan) as news:
        assert until(news, "presence")[0][1] == {"people": ["li.na"]}
        with watching(wang, plan) as others:
            assert until(others, "presence")[0][1]["people"][-1] == "wang"
            assert until(news, "presence")[0][1] == {"people": ["li.na", "wang"]}
        assert until(news, "presence")[0][1] == {"people": ["li.na"]}


def test_two_servers_see_each_others_people_and_edits(
    database_url: str, pg: psycopg.Connection, plan: int, lina: httpx.Client
) -> None:
    with serving(database_url) as second, client(second, pg, "wang") as wang, watching(lina, plan) as news:
        assert until(news, "presence")[0][1] == {"people": ["li.na"]}
        with watching(wang, plan) as others:
            assert until(news, "presence")[0][1] == {"people": ["li.na", "wang"]}
            rename(lina, plan, 0)
            assert until(others, "edit")[0][2] == "1"


def test_a_lost_line_to_the_database_loses_nothing(
    pg: psycopg.Connection, plan: int, lina: httpx.Client
) -> None:
    """The connection that listens is cut; what is edited before it listens again arrives all the same."""
    with watching(lina, plan) as news:
        until(news, "presence")
        cut = pg.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'wangge listens'"
            " AND datname = current_database()"
        ).fetchone()
        assert cut == (1,)
        for revision in range(3):
            rename(lina, plan, revision)
        assert [id_ for _, _, id_ in until(news, "edit", 3)] == ["1", "2", "3"]


def test_streams_end_when_the_server_stops(database_url: str, pg: psycopg.Connection, plan: int) -> None:
    with contextlib.ExitStack() as stack:
        with serving(database_url) as site:
            who = stack.enter_context(client(site, pg, "li.na"))
            answer = stack.enter_context(who.stream("GET", f"/plans/{plan}/events"))
            lines = answer.iter_lines()
            assert until(events(lines), "presence")
        assert [line for line in lines if line] == []
    row = pg.execute("SELECT count(*) FROM plan_presence").fetchone()
    assert row == (0,)


def test_only_who_may_read_the_plan_listens(site: str, pg: psycopg.Connection, plan: int) -> None:
    headers = bearer(pg, person(pg, "viewer", Role.VIEWER))
    assert httpx.get(f"{site}/plans/{plan}/events", headers=headers).status_code == 403
    assert httpx.get(f"{site}/plans/{plan}/events").status_code == 401
    assert httpx.get(f"{site}/plans/{plan + 1}/events", headers=headers).status_code == 404
    assert httpx.head(f"{site}/plans/{plan}/events", headers=headers).status_code == 405
