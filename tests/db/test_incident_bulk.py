"""Many points at a time lie where each of them lies by itself, and go where it goes."""

import numpy as np
import psycopg
import pytest

from gis_core.errors import InvalidInputError
from gis_core.incidents import bulk, store
from gis_core.incidents.sheets import parse_points
from gis_core.incidents.trying import try_route
from tests.towns.city_sql import add_community
from tests.towns.incident_sql import LAMP, RUBBISH, build_incident_town
from tests.towns.town_sql import EAST, LAT, LON, NORTH


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> None:
    build_incident_town(pg)
    add_community(pg, "360302001002", west=LON + 5.75 * EAST, status=None)
    # a gap between grids 1 and 2: grid 2 begins a little further east
    pg.execute(
        "UPDATE grid SET area = ST_Multi(ST_Difference(area, ST_MakeEnvelope(%s, 0, %s, 60, 4326))) WHERE number = 2",
        [LON + 1.5 * EAST, LON + 1.9 * EAST],
    )


def test_points_lie_where_each_lies_by_itself(pg: psycopg.Connection) -> None:
    random = np.random.default_rng(5)
    lon = LON + random.uniform(-EAST, 15 * EAST, 600)
    lat = LAT + random.uniform(-NORTH, 2.5 * NORTH, 600)
    ground = bulk.read_ground(pg)
    placed = bulk.place_points(ground, lon, lat)
    kinds = set()
    for x, y, community, grid in zip(lon, lat, placed.community, placed.grid, strict=True):
        spot = store.spot_of(pg, x, y)
        expected = (None, None) if spot is None else (spot.community, spot.grid_code)
        found = (
            ground.community_codes[community] if community >= 0 else None,
            ground.grid_codes[grid] if grid >= 0 else None,
        )
        assert found == expected
        kinds.add(expected)
    assert len(kinds) == 5  # outside, three grids, the community without a plan


def test_reports_go_where_each_goes(pg: psycopg.Connection) -> None:
    ground = bulk.read_ground(pg)
    lon, lat = np.array([LON, LON + 2 * EAST, LON + 7 * EAST, 0.0]), np.array([LAT, LAT, LAT, 0.0])
    placed = bulk.place_points(ground, lon, lat)
    routes = bulk.route_points(pg, ground, placed, [LAMP, RUBBISH, LAMP, LAMP])
    assert [route and route.department for route in routes] == ["power", "urban_management", "power", None]
    one = try_route(pg, lon[0], lat[0], LAMP, None, "en")
    assert (one["route"]["department"], one["route"]["name"]) == ("power", "Street lights")
    assert try_route(pg, lon[0], lat[0], LAMP, None, "zh")["route"]["name"] == "路灯"
    pg.execute("UPDATE routing_rule SET name = '路灯' WHERE position = 70")
    assert try_route(pg, lon[0], lat[0], LAMP, None, "en")["route"]["name"] == "路灯", "one name serves both"
    assert [tried["against"] for tried in one["tried"]] == ["category"] * 6 + [None]
    assert one["people"] == ["wang"]


def test_codes_that_there_are_not_are_told_with_their_lines(pg: psycopg.Connection) -> None:
    text = f"lon,lat,category,condition\n1,1,{RUBBISH},heap\n\n1,1,none,\n1,1,{LAMP},heap\n1,1,{RUBBISH},\n"
    with pytest.raises(InvalidInputError) as refused:
        bulk.check_codes(pg, parse_points(text))
    told = "line 4, category = 'none': there is no such category; line 5, condition = 'heap': 010 has no such condition"
    assert told in refused.value.text("en")
    assert "第 4 行 category = “none”：没有此类别" in refused.value.text("zh")
    bulk.check_codes(pg, parse_points(f"lon,lat,category\n1,1,{LAMP}\n"))
