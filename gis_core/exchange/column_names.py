"""Names of columns in a GeoPackage, where two may not differ by case alone and a few are its own."""

from collections.abc import Collection, Iterable

GEOPACKAGE = ("fid", "geom", "geometry")
"""The names that a GeoPackage gives to its own columns."""


def beside(names: Iterable[str], taken: Collection[str]) -> list[str]:
    """Names of a source's columns that can stand beside some others: those that are taken, in whatever case, a
    GeoPackage's own, or come twice but for their case become `source_…`.
    """
    listed = list(names)
    used = {name.casefold() for name in (*taken, *GEOPACKAGE)}
    later = {name.casefold() for name in listed}
    return [_free(name, used, later) for name in listed]


def _free(name: str, used: set[str], later: set[str]) -> str:
    """The name, or the first `source_…` that is free; it is used from now on."""
    free, number = name, 1
    while free.casefold() in used or (free != name and free.casefold() in later):
        free = f"source_{name}" if number == 1 else f"source_{name}_{number}"
        number += 1
    used.add(free.casefold())
    return free
