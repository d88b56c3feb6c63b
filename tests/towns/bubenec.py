"""The real neighbourhood that ships in momepy, and its import into a test's database."""

from importlib.util import find_spec
from pathlib import Path

import psycopg

from gis_core.config import EstimateSettings
from gis_core.exchange.importing import ImportReport, import_source
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source


def bubenec_file() -> Path:
    spec = find_spec("momepy")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets" / "bubenec.gpkg"


def import_bubenec(connection: psycopg.Connection, code: str = "110108003007") -> ImportReport:
    options = ImportOptions(community=code, estimate=EstimateSettings(default_floors=5))
    report = import_source(connection, read_source(bubenec_file(), options), options)
    connection.commit()
    return report
