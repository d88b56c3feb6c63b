import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from gis_core.exchange.archives import unpacked
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source


def test_what_macos_adds_to_a_zip_is_passed_over(tmp_path: Path) -> None:
    """Its Finder puts a shadow of every file into `__MACOSX`; other tools leave `._` files beside."""
    archive = tmp_path / "town.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        for name in ("town/楼栋.shp", "__MACOSX/town/._楼栋.shp", "town/._楼栋.shp", "__MACOSX/other.shp"):
            writer.writestr(name, b"content")
    with unpacked(archive) as files:
        assert [file.name for file in files] == ["楼栋.shp"]


@pytest.mark.parametrize("name", ["town.gpkg", "town.geojson"])
@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", False), ("UTF8", False), ("65001", False), ("gb18030", True), ("none", True)],
)
def test_only_an_encoding_that_is_not_used_is_said(
    tmp_path: Path, name: str, encoding: str, said: bool
) -> None:
    houses = gpd.GeoDataFrame({"id": ["甲"], "households": 30}, geometry=[box(9, 9, 9.001, 9.001)], crs=4326)
    houses.to_file(tmp_path / name)
    source = read_source(tmp_path / name, ImportOptions(encoding=encoding))
    assert ("encoding_unused" in {fault.code for fault in source.faults}) == said
    assert source.layers["buildings"].frame["source_id"].tolist() == ["甲"]
