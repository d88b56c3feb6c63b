"""GIS programs read the public incidents by OGC API - Features: GDAL's driver, and QGIS by way of it."""

import json
import os
import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from tests.serving import serving
from tests.towns.incident_sql import build_incident_town
from tests.towns.public_sql import build_public

QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer(f"url='{sys.argv[1]}' typename='incidents'", "incidents", "OAPIF")
found = sorted(one["number"] for one in layer.getFeatures())
print(json.dumps({"valid": layer.isValid(), "crs": layer.crs().authid(), "numbers": found}))
del layer  # before the application that it belongs to
application.exitQgis()
"""


@pytest.fixture
def numbers(pg: psycopg.Connection) -> dict[str, str]:
    build_incident_town(pg)
    return build_public(pg)


@pytest.fixture
def service(database_url: str, numbers: dict[str, str]) -> Iterator[str]:
    assert numbers
    with serving(database_url) as address:
        yield f"{address}/ogc"


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_gdal_lists_the_layer_and_reads_it_page_by_page(service: str, numbers: dict[str, str]) -> None:
    listed = run("ogrinfo", "-ro", f"OAPIF:{service}")
    assert "incidents" in listed
    told = run("ogrinfo", "-ro", "-al", "-oo", "PAGE_SIZE=2", f"OAPIF:{service}", "incidents")
    for name in ("lamp", "closed", "rubbish"):
        assert f"number (String) = {numbers[name]}" in told
    assert numbers["papers"] not in told
    assert "Geometry: Point" in told
    assert 'ID["OGC","CRS84"]' in told or "WGS 84" in told


def test_gdal_filters_by_box_and_by_property(service: str, numbers: dict[str, str]) -> None:
    box = run("ogrinfo", "-ro", "-al", "-spat", "0", "0", "1", "1", f"OAPIF:{service}", "incidents")
    assert "number (String) =" not in box
    closed = run("ogrinfo", "-ro", "-al", "-where", "state = 'closed'", f"OAPIF:{service}", "incidents")
    assert numbers["closed"] in closed
    assert numbers["lamp"] not in closed


@pytest.mark.qgis
def test_qgis_opens_the_service(service: str, numbers: dict[str, str], tmp_path: object) -> None:
    told = run(
        "/usr/bin/python3",
        "-c",
        QGIS,
        service,
        QT_QPA_PLATFORM="offscreen",
        HOME=str(tmp_path),
        PYTHONPATH="",
    )
    seen = json.loads(told.strip().splitlines()[-1])
    assert seen["valid"]
    assert seen["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert seen["numbers"] == sorted(numbers[name] for name in ("lamp", "closed", "rubbish"))
