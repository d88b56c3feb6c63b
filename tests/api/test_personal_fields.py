"""No personal field leaves but by the right to read it or a private link: every route, role, table, log and error.

Routes are taken from the application: one that is added is asked as well, with parameters by their names.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.app import create_app
from gis_core.accounts.rules import PERMISSIONS, Permission, Role
from gis_core.config import Settings
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.incidents.office import open_office
from gis_core.incidents.outbox import send_due
from gis_core.incidents.senders import SendError
from tests.api.test_permissions import routes
from tests.people import bearer, person
from tests.towns.incident_sql import LAMP, PAPERS, RUBBISH, build_incident_town, place
from tests.towns.markers import CALLABLE, OTHERS, WORDS, Planted, plant
from tests.towns.open311_sql import add_key
from tests.towns.town_sql import CODE

OTHER = "360302001002"
LON, LAT = place()
READER = "GET /incidents/{number}/reporter"
PATH = {
    "code:path": CODE, "code": CODE, "plan": 1, "other": 1, "comment": 1, "job": 1, "secret": "none",
    "layer": "buildings",
    "z": 12, "x": 3343, "y": 1720, "photo": 1, "action": "none", "form": "json", "service": LAMP, "token": "none",
    "rest:path": "none", "message": 1, "building": 1, "f": "json",
}  # fmt: skip
QUERY = {
    "purpose": "回访", "lon": LON, "lat": LAT, "community": CODE, "view": "all", "extensions": "true", "building": 1,
    "bbox": f"{LON - 0.01},{LAT - 0.01},{LON + 0.01},{LAT + 0.01}",
    "scope": "community", "period": "2026-11",
}  # fmt: skip
"""Values by the names of parameters; others are left out, so that what they narrow down is whole."""
NOT_ANSWERED = {
    "GET /follow/{secret}/case", "GET /follow/{secret}/export", "GET /follow/{secret}/photos/{photo}",
    "GET /subscriptions/{secret}", "GET /login", "GET /login/{secret}", "GET /oidc/login", "GET /oidc/callback",
    "GET /jobs/{job}/events", "GET /plans/{plan}/events", "GET /open311/v2/tokens/{token}.{form}",
    "GET /open311/v2/{rest:path}",
}  # fmt: skip
"""Routes that read and are not asked so that they answer: by private links (these are, elsewhere), streams, doors."""


@pytest.fixture
def world(database_url: str, pg: psycopg.Connection, tmp_path: object) -> Iterator[TestClient]:
    build_incident_town(pg)
    pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary)"
        " SELECT %s, 'Other', metric_srid, ST_Translate(boundary, 1, 0) FROM community",
        [OTHER],
    )
    pg.execute(
        "INSERT INTO plan_comment (plan_id, place, text, by, at)"
        " SELECT id, ST_SetSRID(ST_MakePoint(113.85, 27.62), 4326), 'x', 'x', now() FROM plan"
    )
    pg.execute(
        "INSERT INTO plan_job (id, plan_id, kind, by, status, finished_at, result)"
        " SELECT 1, id, 'draw', 'x', 'done', now(), '{\"reasons\": []}' FROM plan"
    )
    pg.commit()
    settings = Settings(language="zh", data_dir=tmp_path, url="http://localhost")
    app = create_app(settings, database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False, follow_redirects=False) as client:
        client.settings = settings  # type: ignore[attr-defined]
        yield client


@pytest.fixture
def planted(world: TestClient, pg: psycopg.Connection) -> Planted:
    office = open_office(pg, world.settings)  # type: ignore[attr-defined]
    return plant(pg, office, datetime.now(UTC))


def found_in(content: bytes | str, values: dict[str, str]) -> set[str]:
    """Names of the values that stand in it."""
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    return {name for name, value in values.items() if value in text}


def requests(client: TestClient, planted: Planted) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(route, method, path, options) of every route, for each incident; those that write are sent what is refused."""
    for name, route in routes(client).items():
        method, template = name.split(" ", 1)
        for number in planted.numbers if "{number}" in template else ("",):
            path = template
            for key, value in {**PATH, "number": number}.items():
                path = path.replace(f"{{{key}}}", str(value))
            known = {one.alias for one in _query(route.dependant)}
            query = {key: value for key, value in QUERY.items() if key in known}
            if "category" in known:
                query["category"] = {planted.numbers[1]: RUBBISH}.get(number, LAMP)
            if path.endswith("/events"):
                query = {"after": -1}
            body = {} if method in ("GET", "DELETE", "HEAD") else {"json": {"none": 1}}
            yield name, method, path, {"params": query, **body}


def _query(dependant: Any) -> Iterator[Any]:
    yield from dependant.query_params
    for inner in dependant.dependencies:
        yield from _query(inner)


def asked(
    client: TestClient, planted: Planted, headers: dict[str, str]
) -> Iterator[tuple[str, str, int, str]]:
    """(route, number or empty, status, headers and content) of every route."""
    for name, method, path, options in requests(client, planted):
        answer = client.request(method, path, headers=headers, **options)
        number = next((one for one in planted.numbers if f"/{one}" in path), "")
        yield (
            name,
            number,
            answer.status_code,
            f"{answer.headers}\n{answer.content.decode('utf-8', 'replace')}",
        )


def test_without_an_account_nothing_personal_leaves(world: TestClient, planted: Planted) -> None:
    answered = set()
    for name, _, status, told in asked(world, planted, {}):
        assert found_in(told, planted.sealed | WORDS) == set(), name
        answered |= {name} if status == 200 else set()
    must = {"GET /reports/near", "GET /open311/v2/requests.{form}", "GET /subscriptions/place"}
    assert must <= answered, "those that show something of incidents were asked so that they do"
    for category, shown in ((LAMP, 1), (RUBBISH, 1), (PAPERS, 0)):
        near = world.get("/reports/near", params={"category": category, "lon": LON, "lat": LAT})
        assert len(near.json()["duplicates"]) == shown
        assert found_in(near.content, planted.sealed | WORDS) == set()
    public = world.get("/open311/v2/requests.xml", params={"extensions": "true"})
    assert "灯不亮，电话 ***" in public.text
    assert found_in(public.content, planted.sealed | WORDS) == set()


@pytest.mark.parametrize("role", Role)
def test_a_role_reads_what_it_may_and_that_is_logged(
    world: TestClient, planted: Planted, pg: psycopg.Connection, role: Role
) -> None:
    headers = bearer(pg, person(pg, "somebody", role, community=CODE))
    may_read = Permission.REPORTER_READ in PERMISSIONS[role]
    sees_words = Permission.INCIDENT_READ in PERMISSIONS[role] and role is not Role.DEPARTMENT
    read = 0
    for name, number, status, told in asked(world, planted, headers):
        contacts = found_in(told, planted.sealed)
        if name == READER and may_read:
            own = [set(CALLABLE), {"second reporter"}, {"third reporter"}, {"fourth reporter"}]
            assert (status, contacts) == (200, own[planted.numbers.index(number)])
            read += 1
            continue
        assert contacts == set(), name
        assert sees_words or found_in(told, WORDS) == set(), name
    logged = pg.execute(
        "SELECT subject FROM audit_entry WHERE action = 'reporter.read' ORDER BY id"
    ).fetchall()
    assert [row[0] for row in logged] == [f"incident {one}" for one in planted.numbers if may_read]
    assert read == (4 if may_read else 0)


def test_of_another_community_nothing_is_read(
    world: TestClient, planted: Planted, pg: psycopg.Connection
) -> None:
    headers = bearer(pg, person(pg, "somebody", Role.ADMINISTRATOR, community=OTHER))
    for name, _, _, told in asked(world, planted, headers):
        assert found_in(told, planted.sealed | WORDS) == set(), name


def test_a_link_opens_its_own_and_no_other(world: TestClient, planted: Planted) -> None:
    own = {
        "first": {*CALLABLE, "device", "account", "link of first"}, "second": {"second reporter", "link of second"},
        "third": {"third reporter", "link of third"}, "fourth": {"fourth reporter", "link of fourth"},
        "follower": {"follower", "link of follower"},
        "mail follower": {"follower's mail", "link of mail follower"}, "subscriber": {"subscriber"},
        "subscriber's mail": {"subscriber's mail"},
    }  # fmt: skip
    for name, secret in planted.links.items():
        opened = 0
        for route in routes(world):
            method, path = route.split(" ", 1)
            if "{secret}" not in path or method != "GET" or "login" in path:
                continue
            answer = world.get(path.replace("{secret}", secret).replace("{photo}", "1"))
            opened += answer.status_code == 200
            assert found_in(answer.content, planted.sealed) <= own[name], f"{name}: {path}"
            if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
                assert answer.headers["Cache-Control"] == "no-store", path
        assert opened, name


def test_refusals_repeat_nothing_of_others(
    world: TestClient, planted: Planted, pg: psycopg.Connection
) -> None:
    """A key used by somebody else, a link cut short, a faulty contact, a notice counted, a step refused."""
    she = bearer(pg, person(pg, "desk", Role.COMMUNITY_DESK, community=CODE))
    first = planted.numbers[0]
    report = json.dumps({"lon": LON, "lat": LAT, "category": RUBBISH, "description": "x"})
    key = {"Idempotency-Key": "a key of the first"}
    answers = [
        world.post("/reports", data={"report": report}, headers=key),
        world.post("/reports", data={"report": report.replace("lon", "contact")}, headers=key),
        world.get(f"/follow/{planted.links['first'][:-1]}/case"),
        world.post(f"/reports/{first}/followers", json={"contact": {"email": "x"}}),
        world.post("/subscriptions", json={"building": 1, "channel": "sms", "contact": "x", "consent": True}),
        world.post("/notices", json={"community": CODE, "text_zh": "停水", "buildings": [1]}, headers=she),
        world.post(f"/incidents/{first}/close", json={}, headers={**she, "If-Match": '"r1"'}),
        world.post(f"/incidents/{first}/fly", json={}, headers={**she, "If-Match": '"r4"'}),
        world.get("/notices", params={"community": CODE}, headers=she),
        world.get("/audit", headers=bearer(pg, person(pg, "boss"))),
    ]
    assert {one.status_code for one in answers} >= {200, 400, 404, 412, 422}
    for one in answers:
        assert found_in(one.content, planted.sealed) == set(), one.url


def text_columns(pg: psycopg.Connection) -> list[tuple[str, str, str]]:
    return pg.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
    ).fetchall()


def lying_open(pg: psycopg.Connection, values: dict[str, str]) -> set[tuple[str, str, str]]:
    """(table, column, name of the value) wherever one lies in a column, as it is."""
    found = set()
    for table, column, kind in text_columns(pg):
        shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        rows = pg.execute(f'SELECT {shown} FROM "{table}"').fetchall()
        for (content,) in rows:
            found |= {(table, column, name) for name in found_in(content or "", values)}
    return found


class Refusing:
    """A way of sending that fails for good and names whom it did not reach."""

    def send(self, receiver: str, *_: str) -> None:
        raise SendError("refused" if "@" in receiver else "no route", retry=False)


def test_in_the_database_only_sealed_columns_hold_contacts_and_links(
    world: TestClient, planted: Planted, pg: psycopg.Connection
) -> None:
    """Also after messages were sent and failed; telephone numbers in texts lie where the texts lie."""
    office = open_office(pg, world.settings)  # type: ignore[attr-defined]
    pg.commit()
    pg.autocommit = True
    noon = datetime.now(UTC).replace(hour=4)
    send_due(pg, office.seal, {"email": Refusing(), "sms": Refusing()}, noon.replace(year=noon.year + 1))
    assert lying_open(pg, planted.sealed) == set()
    places = {(table, column) for table, column, _ in lying_open(pg, WORDS)}
    assert places == {("incident", "description"), ("incident", "address"), ("incident_text", "text")}
    assert pg.execute("SELECT count(*) FROM message WHERE status = 'failed'").fetchone() != (0,)


def test_the_logs_name_nobody(
    world: TestClient, planted: Planted, pg: psycopg.Connection, server: EmbeddedPostgres,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Neither when everything goes well nor when a row is refused whose values the database would quote."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(
        logging.ERROR
    )  # the client's own, which names the address that it asks
    boss = bearer(pg, person(pg, "boss"))
    for _ in asked(world, planted, boss):
        pass
    pg.execute("ALTER TABLE incident ADD CONSTRAINT none CHECK (description NOT LIKE '灯坏了%')")
    pg.execute("ALTER TABLE notice_subscription ADD CONSTRAINT none CHECK (channel = 'email') NOT VALID")
    pg.execute("ALTER TABLE incident_follower RENAME TO away")
    pg.commit()
    told = {
        "lon": LON, "lat": LAT, "category": RUBBISH, "description": f"灯坏了 {WORDS['description']}",
        "contact": {"name": CALLABLE["name"], "phone": CALLABLE["phone"]},
    }  # fmt: skip
    report = json.dumps(told)
    key = add_key(pg, "city")
    failed = [
        world.post("/reports", data={"report": report}, headers={"Idempotency-Key": "a key of mine"}),
        world.post("/subscriptions", json={
            "building": 1, "channel": "sms", "contact": OTHERS["subscriber"], "consent": True,
        }),
        world.get(f"/follow/{planted.links['first']}/case"),
        world.post("/open311/v2/requests.json", data={
            "api_key": key, "service_code": RUBBISH, "lat": LAT, "long": LON, "phone": CALLABLE["phone"],
            "description": f"灯坏了 {WORDS['description']}", "media_url": CALLABLE["media_url"],
        }),
    ]  # fmt: skip
    assert {one.status_code for one in failed} == {500}
    assert "/follow/{secret}/case" in caplog.text
    assert "CheckViolation 23514 incident none" in caplog.text
    out, err = capfd.readouterr()
    written = (server.folder / "server.log").read_text(encoding="utf-8", errors="replace")
    assert 'violates check constraint "none"' in written
    secrets = planted.sealed | WORDS | {"key": key}
    for text in (caplog.text, out, err, written, *(one.text for one in failed)):
        assert found_in(text, secrets) == set()


def test_every_route_that_reads_is_asked_so_that_it_answers(
    world: TestClient, planted: Planted, pg: psycopg.Connection
) -> None:
    """One that is added and needs a parameter is missed here until PATH or QUERY has a value for it."""
    pg.execute("UPDATE incident_photo SET public = true, moderated_at = now()")
    boss = bearer(pg, person(pg, "boss"))
    found = {name for name, _, status, _ in asked(world, planted, boss) if status == 200}
    missed = {name for name in routes(world) if name.startswith("GET ")} - found
    assert missed == NOT_ANSWERED
    assert all(isinstance(one, APIRoute) for one in routes(world).values())
