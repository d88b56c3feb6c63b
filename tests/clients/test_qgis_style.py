"""The styles open in Debian's QGIS as a categorised renderer in the palette's colours."""

import json
import os
import subprocess

import pytest

from maps.style import COLOURS, UNASSIGNED, grid_style_qml

pytestmark = pytest.mark.qgis

# Runs in Debian's Python, which has QGIS: loads each QML on a layer in memory and prints what QGIS made of it.
LOADER = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
found = {}
for column, path in (("number", sys.argv[1]), ("grid", sys.argv[2])):
    layer = QgsVectorLayer(f"Polygon?crs=EPSG:4326&field={column}:integer", column, "memory")
    message, loaded = layer.loadNamedStyle(path)
    renderer = layer.renderer()
    found[column] = {
        "loaded": loaded, "message": message, "type": renderer.type(), "column": renderer.classAttribute(),
        "labels": layer.labelsEnabled(), "label": layer.labeling().settings().fieldName if layer.labeling() else None,
        "colours": {str(one.value()): one.symbol().color().name() for one in renderer.categories()},
        "layers": {str(one.value()): one.symbol().symbolLayerCount() for one in renderer.categories()},
    }
print(json.dumps(found))
application.exitQgis()
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    python = "/usr/bin/python3"
    folder = tmp_path_factory.mktemp("qml")
    paths = [folder / "grids.qml", folder / "buildings.qml"]
    paths[0].write_text(grid_style_qml([1, 2, 9]), "utf-8")
    paths[1].write_text(grid_style_qml([1, 2, 9], column="grid"), "utf-8")
    done = subprocess.run(
        [python, "-c", LOADER, *map(str, paths)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("column", ["number", "grid"])
def test_grids_have_the_colours_of_the_palette(found: dict[str, dict], column: str) -> None:
    made = found[column]
    assert (made["loaded"], made["type"], made["column"]) == (True, "categorizedSymbol", column)
    assert made["colours"].pop("1") == COLOURS[0]
    assert made["colours"].pop("2") == COLOURS[1]
    assert made["colours"].pop("9") == COLOURS[0]
    assert list(made["colours"].values()) == [UNASSIGNED]


def test_the_ninth_grid_has_a_pattern_over_its_colour(found: dict[str, dict]) -> None:
    layers = found["number"]["layers"]
    assert (layers["1"], layers["9"]) == (1, 2)


def test_grids_are_labelled_by_number_and_buildings_are_not(found: dict[str, dict]) -> None:
    assert (found["number"]["labels"], found["number"]["label"]) == (True, "number")
    assert not found["grid"]["labels"]
