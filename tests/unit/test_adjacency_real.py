"""Real communities: the ground of every one is divided without error, and the cells tile its boundary."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from partitioning.adjacency import Barriers, build_ground
from partitioning.graph import components

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
LAYERS = {"streets": "road", "water": "water", "waterways": "water", "rail": "railway"}
CLASS_FIELDS = ("highway", "railway", "kind_detail", "kind")


def read_barriers(path: Path) -> Barriers:
    present = [name for name, _ in pyogrio.list_layers(path)]
    geometry, kinds, classes = [], [], []
    for layer, kind in LAYERS.items():
        if layer in present:
            rows = pyogrio.read_dataframe(path, layer=layer)
            if kind == "road" and "kind" in rows:
                rows = rows[rows["kind"].isin(["path", "major_road", "minor_road"])]
            field = next((name for name in CLASS_FIELDS if name in rows), None)
            geometry.append(rows.geometry.to_numpy())
            kinds += [kind] * len(rows)
            classes += [""] * len(rows) if field is None else rows[field].fillna("").tolist()
    count = len(kinds)
    return Barriers(
        np.concatenate(geometry), np.array(kinds), np.array(classes), np.zeros(count, dtype=np.bool_)
    )


@pytest.mark.parametrize(
    ("name", "apart"),
    [
        ("singapore_queenstown.gpkg", set()),
        ("olemps_fr.gpkg", set()),
        # Both communities have a boundary of two parts.
        ("shanghai_huangpu_lujiazui_cn.gpkg", {"cn22", "cn26"}),
        # The first lies on both banks of a river, the second on both sides of a station, no way over within 120 m.
        pytest.param("geneva_ch_scale.gpkg", {"ge05", "ge32"}, marks=pytest.mark.slow),
    ],
)
def test_every_community_has_its_ground_divided(name: str, apart: set[str]) -> None:
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not in ../shared/data")
    barriers = read_barriers(DATA / name)
    buildings = pyogrio.read_dataframe(DATA / name, layer="buildings")
    found = set()
    for community in pyogrio.read_dataframe(DATA / name, layer="communities").itertuples():
        mine = buildings[buildings["community_id"] == community.community_id]
        ground = build_ground(
            mine.geometry.to_numpy(), community.geometry, barriers, weights=mine["households"].to_numpy()
        )
        filled = ground.cells[~shapely.is_empty(ground.cells)]
        assert shapely.area(filled).sum() == pytest.approx(community.geometry.area, rel=1e-6)
        assert shapely.is_valid(filled).all()
        if shapely.get_num_geometries(ground.boundary) == 1:
            assert set(shapely.get_type_id(filled)) == {shapely.GeometryType.POLYGON}
        if components(len(mine), ground.edges)[0] > 1:
            found.add(community.community_id)
    assert found == apart
