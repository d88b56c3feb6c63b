"""A server on the town of incidents, and a program with a key that talks to it by Open311."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.clients.open311_client import Client
from tests.serving import serving
from tests.towns.incident_sql import KEY, build_incident_town
from tests.towns.open311_sql import add_key


@pytest.fixture
def api_key(pg: psycopg.Connection) -> str:
    build_incident_town(pg)
    return add_key(pg, "app")


@pytest.fixture
def client(database_url: str, api_key: str) -> Iterator[Client]:
    assert api_key
    with serving(database_url, secret_keys=KEY.decode(), language="en") as address:
        yield Client(address)
