"""Which department, level and condition an incident gets, by rules that are data. No I/O.

The first rule by position whose columns all fit counts; an empty column fits everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """A rule. area: code of an admin area above the community; level: 1 urgent, 2 usual, 3 minor."""

    position: int
    name: str
    department: str
    group: str | None = None
    category: str | None = None
    condition: str | None = None
    area: str | None = None
    community: str | None = None
    grid: str | None = None
    level: int = 2
    then_condition: str | None = None


@dataclass(frozen=True)
class Matter:
    """What the rules look at: of the incident's category, and of where it lies."""

    category: str
    group: str
    condition: str | None
    community: str
    grid: str | None
    areas: frozenset[str] = frozenset()


def route_for(routes: Iterable[Route], matter: Matter) -> Route | None:
    """The rule that counts, of routes in the order of their positions; None where none fits."""
    return next((route for route in routes if _fits(route, matter)), None)


def reasons_against(routes: Sequence[Route], matter: Matter) -> list[tuple[Route, str | None]]:
    """Each rule up to the one that counts, with the first column that kept it from fitting (None: it fits)."""
    told = []
    for route in routes:
        against = _against(route, matter)
        told.append((route, against))
        if against is None:
            break
    return told


def _fits(route: Route, matter: Matter) -> bool:
    return _against(route, matter) is None


def _against(route: Route, matter: Matter) -> str | None:
    if route.category not in (None, matter.category):
        return "category"
    if route.group not in (None, matter.group):
        return "group"
    if route.condition not in (None, matter.condition):
        return "condition"
    if route.community not in (None, matter.community):
        return "community"
    if route.area is not None and route.area not in matter.areas:
        return "area"
    if route.grid not in (None, matter.grid):
        return "grid"
    return None
