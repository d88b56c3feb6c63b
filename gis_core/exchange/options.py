"""What a user can say about a file that is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gis_core.config import EstimateSettings

Role = Literal[
    "buildings",
    "communities",
    "boundary",
    "estates",
    "streets",
    "walls",
    "water",
    "waterways",
    "rail",
    "organisations",
]
ROLES: tuple[Role, ...] = (
    "buildings",
    "communities",
    "boundary",
    "estates",
    "streets",
    "walls",
    "water",
    "waterways",
    "rail",
    "organisations",
)
BARRIER_ROLES: tuple[Role, ...] = ("streets", "walls", "water", "waterways", "rail")


@dataclass(frozen=True)
class ImportOptions:
    """Options of reading and importing; everything has a default.

    `layers`: role to layer name. `fields`: canonical column to the source's column of the buildings layer.
    `crs`: the CRS where the file declares none. `datum`: wgs84, gcj02 or bd09; None says nothing.
    `metric_crs`: the CRS in which communities are measured. `community`: all rows belong to this one. `by`: the
    column that holds the community's code. `dataset`: the name under which rows are matched when imported again.
    `persons_per_household` overrides the setting of that name.
    """

    layers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    datum: str | None = None
    metric_crs: str | None = None
    community: str | None = None
    by: str | None = None
    dataset: str | None = None
    persons_per_household: float | None = None
    estimate: EstimateSettings = field(default_factory=EstimateSettings)
    estimates: bool = True
    encoding: str | None = None
