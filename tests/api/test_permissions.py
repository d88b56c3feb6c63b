"""Every route with every role, in the own area and in another one: who is let in is what the table says."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.accounts import Gate
from api.app import create_app
from api.deps import reading_connection
from api.incident_gates import office_of
from api.routes.open311_writing import METHODS
from gis_core.accounts.rules import PERMISSIONS, Permission, Role
from gis_core.config import Settings
from tests.people import bearer, person
from tests.towns.town_sql import CODE

OTHER = "360302001002"
STREET, DISTRICT = "360302001000", "360302000000"
OPEN, ANYBODY = "open", "anybody who is signed in"
KEYED = "a program with an api_key, which no account stands in for"

ROUTES: dict[str, Permission | str] = {
    "GET /health": OPEN,
    "POST /session": OPEN,
    "GET /login": OPEN,
    "GET /login/{secret}": OPEN,
    "GET /oidc/login": OPEN,
    "GET /oidc/callback": OPEN,
    **{
        f"GET /open311/v2/{path}": OPEN
        for path in (
            "discovery.{form}",
            "services.{form}",
            "services/{service}.{form}",
            "tokens/{token}.{form}",
            "requests.{form}",
            "requests/{number}.{form}",
            "servicerequestupdates.{form}",
            "media/{photo}.jpg",
        )
    },
    "POST /open311/v2/requests.{form}": KEYED,
    "POST /open311/v2/servicerequestupdates.{form}": KEYED,
    **{f"{method} /open311/v2/{{rest:path}}": OPEN for method in METHODS},
    "GET /session": ANYBODY,
    "DELETE /session": ANYBODY,
    "GET /": ANYBODY,
    "GET /city": ANYBODY,
    "GET /desk": ANYBODY,
    "GET /my": ANYBODY,
    "GET /statistics": ANYBODY,
    "GET /public": OPEN,
    "GET /city/communities": ANYBODY,
    "GET /city/areas": ANYBODY,
    "GET /communities": ANYBODY,
    "GET /tiles/{layer}/{z}/{x}/{y}": ANYBODY,
    "GET /audit": Permission.AUDIT_READ,
    "POST /imports": Permission.DATA_IMPORT,
    "GET /incidents/catalogue": OPEN,
    "GET /reports/place": OPEN,
    "GET /reports/map": OPEN,
    "GET /reports/near": OPEN,
    "GET /reports/ground": OPEN,
    "POST /reports": OPEN,
    "POST /reports/{number}/followers": OPEN,
    "GET /report": OPEN,
    "GET /sw.js": OPEN,
    "GET /follow/{secret}": OPEN,
    "GET /follow/{secret}/case": OPEN,
    "POST /follow/{secret}/{action}": OPEN,
    "GET /follow/{secret}/photos/{photo}": OPEN,
    "GET /follow/{secret}/export": OPEN,
    "DELETE /follow/{secret}": OPEN,
    "GET /notify": ANYBODY,
    "GET /subscribe": OPEN,
    "GET /subscribe/{secret}": OPEN,
    "POST /notices": ANYBODY,
    "GET /notices": ANYBODY,
    "GET /subscriptions/place": OPEN,
    "POST /subscriptions": OPEN,
    "GET /subscriptions/{secret}": OPEN,
    "PUT /subscriptions/{secret}": OPEN,
    "DELETE /subscriptions/{secret}": OPEN,
    "GET /incidents/transitions": ANYBODY,
    "GET /incidents/departments": ANYBODY,
    "GET /incidents": ANYBODY,
    "GET /incidents/counts": ANYBODY,
    "GET /incidents.csv": ANYBODY,
    "GET /measures": Permission.MEASURE_READ,
    **{
        f"GET /public/{path}": OPEN
        for path in ("incidents", "categories", "density", "notices", "photos/{photo}")
    },
    **{
        f"GET /ogc{path}": OPEN
        for path in (
            "",
            "/api",
            "/conformance",
            "/collections",
            "/collections/incidents",
            "/collections/incidents/items",
            "/collections/incidents/items/{number}",
        )
    },
    "POST /incidents/bulk": ANYBODY,
    "POST /incidents": ANYBODY,
    "GET /inbox": ANYBODY,
    "POST /inbox/{message}/read": ANYBODY,
    "GET /incidents/routes": Permission.INCIDENT_READ,
    "POST /incidents/routes/dry-run": Permission.INCIDENT_READ,
    "POST /visits": ANYBODY,
    "GET /communities/{code:path}/visits": Permission.INCIDENT_READ,
    "GET /incidents/{number}": Permission.INCIDENT_READ,
    "GET /incidents/{number}/photos/{photo}": Permission.INCIDENT_READ,
    "GET /incidents/{number}/cap": Permission.INCIDENT_READ,
    "POST /incidents/{number}/{action}": Permission.INCIDENT_WORK,
    "PATCH /incidents/{number}/photos/{photo}": Permission.PHOTO_MODERATE,
    "GET /incidents/{number}/reporter": Permission.REPORTER_READ,
    "GET /communities/{code:path}": Permission.MAP_READ,
    "GET /communities/{code:path}/buildings": Permission.MAP_READ,
    "GET /communities/{code:path}/barriers": Permission.MAP_READ,
    "GET /communities/{code:path}/neighbours": Permission.MAP_READ,
    "GET /communities/{code:path}/plans": Permission.MAP_READ,
    "POST /communities/{code:path}/plans": Permission.PLAN_EDIT,
    "GET /plans/{plan}": Permission.DRAFT_READ,
    "GET /plans/{plan}/grids": Permission.DRAFT_READ,
    "GET /plans/{plan}/assignments": Permission.DRAFT_READ,
    "GET /plans/{plan}/history": Permission.DRAFT_READ,
    "GET /plans/{plan}/events": Permission.DRAFT_READ,
    "GET /plans/{plan}/comments": Permission.DRAFT_READ,
    "GET /plans/{plan}/print": Permission.DRAFT_READ,
    "GET /plans/{plan}/diff/{other}": Permission.DRAFT_READ,
    "POST /plans/{plan}/comments": Permission.COMMENT_WRITE,
    "PATCH /comments/{comment}": Permission.COMMENT_WRITE,
    "PATCH /plans/{plan}/assignments": Permission.PLAN_EDIT,
    "POST /plans/{plan}/undo": Permission.PLAN_EDIT,
    "POST /plans/{plan}/redo": Permission.PLAN_EDIT,
    "POST /plans/{plan}/locks": Permission.PLAN_EDIT,
    "PUT /plans/{plan}/rules": Permission.PLAN_EDIT,
    "PATCH /plans/{plan}": Permission.PLAN_EDIT,
    "POST /plans/{plan}/fork": Permission.PLAN_EDIT,
    "POST /plans/{plan}/propose": Permission.PLAN_EDIT,
    "POST /plans/{plan}/reopen": Permission.PLAN_EDIT,
    **{
        f"POST /plans/{{plan}}/{kind}": Permission.PLAN_EDIT
        for kind in ("draw", "repair", "complete", "suggest", "explain", "split")
    },
    "GET /jobs/{job}": Permission.DRAFT_READ,
    "GET /jobs/{job}/events": Permission.DRAFT_READ,
    "DELETE /jobs/{job}": Permission.PLAN_EDIT,
    "POST /plans/{plan}/adopt": Permission.PLAN_ADOPT,
    "POST /plans/{plan}/retire": Permission.PLAN_ADOPT,
}
"""What each route asks for; a plan of the address is a draft."""

EVERYWHERE_ONLY = {Permission.DATA_IMPORT}
ANYWHERE = {"GET /incidents/routes", "POST /incidents/routes/dry-run"}
"""Routes that open by a permission in any community; the second checks that of the place, see below."""
PLACES = {
    "everywhere": {},
    "its community": {"community": CODE},
    "the street above": {"area": STREET},
    "the district above": {"area": DISTRICT},
    "another community": {"community": OTHER},
}
ABOVE = ("the street above", "the district above")
"""Whether a role holds below its area is what tests of areas look at; all routes are asked in a long run."""


@pytest.fixture
def comment(pg: psycopg.Connection, plan: int) -> int:
    """A comment and an ended job of the draft; its town lies in a street of a district, beside another community."""
    for code, level, parent in ((DISTRICT, "district", None), (STREET, "subdistrict", DISTRICT)):
        pg.execute("INSERT INTO admin_area VALUES (%s, %s, %s, %s)", [code, level, level, parent])
    pg.execute("UPDATE community SET area_code = %s", [STREET])
    pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary) SELECT %s, 'Other', metric_srid, boundary"
        " FROM community",
        [OTHER],
    )
    row = pg.execute(
        "INSERT INTO plan_comment (plan_id, place, text, by, at)"
        " VALUES (%s, ST_SetSRID(ST_MakePoint(113.85, 27.62), 4326), 'x', 'x', now()) RETURNING id",
        [plan],
    ).fetchone()
    pg.execute(
        "INSERT INTO plan_job (id, plan_id, kind, by, status, finished_at, result)"
        " VALUES (1, %s, 'draw', 'x', 'done', now(), '{\"reasons\": []}')",
        [plan],
    )
    _incident(pg)
    pg.commit()
    assert row is not None
    return row[0]


def _incident(pg: psycopg.Connection) -> None:
    """Incident 1 of the town, dispatched to a department."""
    pg.execute("INSERT INTO department VALUES ('d', 'd', 'd')")
    pg.execute(
        "INSERT INTO incident_category (code, position, group_code, group_zh, group_en, name_zh, name_en, kind)"
        " VALUES ('k', 1, 'g', 'g', 'g', 'k', 'k', 'general')"
    )
    pg.execute(
        "INSERT INTO incident (number, community_id, place, category_code, kind, source, state, open, department_code,"
        " dispatched_at, reported_at, updated_at) SELECT '1', id, ST_PointOnSurface(boundary), 'k', 'general',"
        " 'resident', 'dispatched', true, 'd', now(), now(), now() FROM community WHERE code = %s",
        [CODE],
    )


@pytest.fixture
def nobody(database_url: str) -> Iterator[TestClient]:
    app = create_app(Settings(language="en"), database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def routes(client: TestClient) -> dict[str, APIRoute]:
    """{method path: route} of every route that the application answers, but the description of its interface."""
    included = [router.original_router for router in client.app.routes if hasattr(router, "original_router")]
    return {
        f"{method} {one.path}": one
        for router in included
        for one in router.routes
        for method in sorted(one.methods)
    }


def test_nobody_holds_a_connection_while_the_office_is_opened(nobody: TestClient) -> None:
    """Else as many requests as the pool has connections could each wait for one more."""
    for name, route in routes(nobody).items():
        asked = [one.call for one in route.dependant.dependencies]
        if office_of in asked and reading_connection in asked:
            assert asked.index(office_of) < asked.index(reading_connection), name


def status(client: TestClient, name: str, plan: int, comment: int, headers: dict[str, str]) -> int:
    """Of a request that changes nothing where it is let in: without If-Match, or of parameters that are refused."""
    method, path = name.split(" ")
    values = {
        "code:path": CODE, "plan": plan, "other": plan, "comment": comment, "job": 1, "secret": "none",
        "layer": "buildings", "z": 0, "x": 0, "y": 0, "number": 1, "photo": 1, "action": "none", "message": 1,
        "form": "json", "service": "001", "token": "1", "rest:path": "none",
    }  # fmt: skip
    for key, value in values.items():
        path = path.replace(f"{{{key}}}", str(value))
    if name == "GET /plans/{plan}/events":
        path += "?after=-1"
    if name in ("GET /audit", "GET /measures"):
        path += f"?community={CODE}"
    body = {} if method in ("GET", "DELETE") else {"json": {"none": 1}}
    return client.request(method, path, headers=headers, **body).status_code


def test_every_route_declares_who_is_let_in(nobody: TestClient) -> None:
    found = routes(nobody)
    assert set(found) == set(ROUTES)
    for name, route in found.items():
        gates = [one for one in route.dependencies if isinstance(one.dependency, Gate)]
        assert len(gates) == 1, name


def test_without_an_account_only_the_door_is_open(nobody: TestClient, plan: int, comment: int) -> None:
    for name, needed in ROUTES.items():
        found = status(nobody, name, plan, comment, {})
        pages = ("GET /", "GET /city", "GET /desk", "GET /my", "GET /statistics", "GET /notify")
        expected = 303 if name in pages else 403 if needed is KEYED else 401
        assert needed is OPEN or found == expected, f"{name}: {found}"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "place", [pytest.param(place, marks=[pytest.mark.slow] * (place in ABOVE)) for place in PLACES]
)
def test_a_role_opens_what_the_table_says_and_only_where_it_holds(
    nobody: TestClient, pg: psycopg.Connection, plan: int, comment: int, role: Role, place: str
) -> None:
    headers = bearer(pg, person(pg, "somebody", role, **PLACES[place]))
    pg.execute("INSERT INTO department_member SELECT 'd', id FROM account")
    pg.commit()
    for name, needed in ROUTES.items():
        found = status(nobody, name, plan, comment, headers)
        if needed is KEYED:
            assert found == 403, name
            continue
        allowed = not isinstance(needed, Permission) or (
            needed in PERMISSIONS[role]
            and (place != "another community" or name in ANYWHERE)
            and (place == "everywhere" or needed not in EVERYWHERE_ONLY)
        )
        assert found < 500, f"{name}: {found}"
        assert (found not in (401, 403)) is allowed or (needed is OPEN and found == 401), f"{name}: {found}"


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.GRID_WORKER, CODE, 200),
        (Role.DEPARTMENT, CODE, 200),
        (Role.GRID_WORKER, OTHER, 403),
        (Role.VIEWER, CODE, 403),
    ],
)
def test_who_is_on_duty_is_told_to_those_who_see_the_incidents_there(
    nobody: TestClient, pg: psycopg.Connection, comment: int, role: Role, place: str, status: int
) -> None:
    pg.execute("DELETE FROM community WHERE code = %s", [OTHER])  # its ground is the town's own
    pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary) SELECT %s, 'Other', metric_srid,"
        " ST_Translate(boundary, 1, 0) FROM community",
        [OTHER],
    )
    headers = bearer(pg, person(pg, "somebody", role, community=place))
    [(lon, lat)] = pg.execute("SELECT ST_X(place), ST_Y(place) FROM incident").fetchall()
    asked = {"lon": lon, "lat": lat, "category": "k"}
    answer = nobody.post("/incidents/routes/dry-run", json=asked, headers=headers)
    assert answer.status_code == status, answer.text
    assert ("people" in answer.json()) is (status == 200)
    nowhere = nobody.post("/incidents/routes/dry-run", json=asked | {"lon": 0}, headers=headers)
    assert nowhere.status_code == (403 if role is Role.VIEWER else 400)
    assert comment


@pytest.mark.parametrize(
    ("state", "was_in_force", "permission"),
    [
        ("adopted", True, "map.read"),
        ("retired", True, "map.read"),
        ("retired", False, "draft.read"),
        ("proposed", False, "draft.read"),
        ("draft", False, "draft.read"),
    ],
)
def test_viewers_see_plans_once_they_were_adopted(
    nobody: TestClient, pg: psycopg.Connection, plan: int, state: str, was_in_force: bool, permission: str
) -> None:
    """A draft that was given up stays what it was."""
    pg.execute("UPDATE plan SET status = %s", [state])
    if was_in_force:
        pg.execute("UPDATE grid SET valid_from = now()")
    headers = bearer(pg, person(pg, "viewer", Role.VIEWER, community=CODE))
    shown = permission == "map.read"
    for path in ("", "/grids", "/assignments", "/history", "/comments", f"/diff/{plan}", "/print"):
        answer = nobody.get(f"/plans/{plan}{path}", headers=headers)
        assert answer.status_code == (200 if shown else 403), path
    assert nobody.get(f"/tiles/grids/16/0/0?plan={plan}", headers=headers).status_code == (
        204 if shown else 403
    )
    listed = nobody.get(f"/communities/{CODE}/plans", headers=headers).json()["plans"]
    assert len(listed) == shown
    [row] = nobody.get("/communities", headers=headers).json()["communities"]
    assert row["plans"] == shown


def test_lists_and_tiles_hold_only_what_one_may_look_at(
    nobody: TestClient, pg: psycopg.Connection, comment: int
) -> None:
    """The same addresses answer people differently, also from the cache of replies and by ETag."""
    both, own, other = (
        bearer(pg, person(pg, name, Role.VIEWER, community=place))
        for name, place in (("all", None), ("own", CODE), ("other", OTHER))
    )
    tags = set()
    for _ in range(2):
        for headers, codes in ((both, [CODE, OTHER]), (own, [CODE]), (other, [OTHER])):
            answer = nobody.get("/communities", headers=headers)
            assert [row["code"] for row in answer.json()["communities"]] == codes
            assert answer.headers["Cache-Control"] == "private, no-cache"
            tags.add(answer.headers["ETag"])
    assert len(tags) == 3
    tile = "/tiles/buildings/12/3343/1720"
    shown = [len(nobody.get(tile, headers=headers).content) > 0 for headers in (both, own, other)]
    assert shown == [True, True, False]
    assert comment


def test_the_plan_says_what_the_reader_may_do(nobody: TestClient, pg: psycopg.Connection, plan: int) -> None:
    for name, role in (
        ("planner", Role.PLANNER),
        ("boss", Role.ADMINISTRATOR),
        ("desk", Role.COMMUNITY_DESK),
    ):
        told = nobody.get(f"/plans/{plan}", headers=bearer(pg, person(pg, name, role, community=CODE))).json()
        assert set(told["may"]) == set(PERMISSIONS[role])
