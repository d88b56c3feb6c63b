"""The application on a fresh database that holds the drawn town."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_core.config import Settings
from tests.people import bearer, person
from tests.towns.town_sql import build


@pytest.fixture
def plan(pg: psycopg.Connection) -> int:
    return build(pg)


@pytest.fixture
def client(database_url: str, pg: psycopg.Connection) -> Iterator[TestClient]:
    """A program that acts for an administrator of everything, named planner."""
    person(pg, "planner")
    app = create_app(Settings(language="zh"), database_url)
    with TestClient(
        app, "http://localhost", raise_server_exceptions=False, headers=bearer(pg, "planner")
    ) as client:
        yield client
