"""What lists of incidents can be narrowed down by."""

from typing import Annotated

from fastapi import Depends, Query, Request

from api.accounts import account_of, borrowed
from gis_core.errors import InvalidInputError
from gis_core.incidents.life import life
from gis_core.incidents.queue import Filter, View, own_of

Text = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Box = tuple[float, float, float, float]


def box_of(told: str | None) -> Box | None:
    """West, south, east, north, degrees, as `bbox` gives them; None where it is not given.

    Raises:
        InvalidInputError: they are not four numbers of degrees in this order.
    """
    if told is None:
        return None
    try:
        west, south, east, north = map(float, told.split(","))
    except ValueError:
        west, south, east, north = (float("nan"),) * 4
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInputError(
            f"bbox = {told!r}: four numbers west,south,east,north in degrees.",
            f"bbox = “{told}”：须为西、南、东、北四个经纬度数。",
        )
    return west, south, east, north


def _filter(
    request: Request,
    view: View = "open",
    state: Annotated[list[str], Query(max_length=30)] = [],  # noqa: B006
    kind: Text = None,
    category: Text = None,
    community: Text = None,
    grid: Text = None,
    department: Text = None,
    overdue: bool | None = None,
    supervised: bool | None = None,
    mine: bool = False,
    q: Text = None,
    bbox: Text = None,
) -> Filter:
    unknown = [one for one in state if one not in life().states]
    if unknown:
        raise InvalidInputError(
            f"state = {', '.join(unknown)} is none; there are {', '.join(life().states)}.",
            f"没有状态 {'、'.join(unknown)}；可用的有 {'、'.join(life().states)}。",
        )
    own = None
    if mine:
        with borrowed(request) as connection:
            own = own_of(connection, account_of(request).id)
    return Filter(
        view, state, kind, category, community, grid, department, overdue, supervised, own, q, box_of(bbox)
    )


AskedFilter = Annotated[Filter, Depends(_filter)]
"""The filter of the address, for whoever was let in. Ask for it before a connection: it may borrow one itself."""
