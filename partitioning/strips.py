"""Empty ground along the outline, such as between a street and the boundary drawn beside it: where it is cut.

Nobody lives there, so that it joins a block on the inner side. Whole, a strip would run along the fronts of the
blocks beside that one as well, and their grids would not reach the outline.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.arrangement import Sides, as_numbers, sides_of
from partitioning.graph import Floats, Ints

FARTHEST_M = 30.0
"""Ground is cut where its far side is at most so far from the end of a street; ground so wide in the mean is narrow."""
LANES = 3
"""As many strips may lie side by side: a street with several carriageways along the outline."""
_BESIDE = 0.7
"""Cosine of the angle between a cut and a side at its beginning, at most: where a street goes on, it is the cut."""
_ALONG = 0.2
"""Ground is along the outline with this share of its perimeter or more; the ends of a carriageway's are not."""


def find_cuts(faces: NDArray[np.object_], empty: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Lines from where the neighbours of empty ground along the outline change to the nearest point of the outline.

    Of narrow ground on the inner side of such a strip, as between two carriageways, the lines lead to the strip, which
    is cut when it is looked at again. Faces share their vertices, see `arrangement`; (f,) empty: nobody lives there.
    Metres.
    """
    sides = sides_of(faces)
    lane = _lanes(faces, empty, sides)
    face, beyond = np.concatenate([sides.left, sides.right]), np.concatenate([sides.right, sides.left])
    lines = np.concatenate([sides.lines()] * 2)
    outwards = (lane[face] == 0) & (beyond < 0) | (lane[face] > 0) & (lane[beyond] == lane[face] - 1)
    outwards &= face >= 0
    far_side = {
        one: shapely.multilinestrings(lines[outwards & (face == one)]) for one in np.unique(face[outwards])
    }
    number, place = _changes(sides, lane)
    far = np.array([far_side[one] for one in number], dtype=object)
    cuts = np.asarray(shapely.shortest_line(shapely.points(place), far))
    length = shapely.length(cuts)
    inside = shapely.length(shapely.intersection(cuts, faces[number])) > 0.999 * length
    cuts, place = cuts[inside & (length <= FARTHEST_M)], place[inside & (length <= FARTHEST_M)]
    return cuts[_nearest_side(sides, place, cuts) <= _BESIDE]


def _lanes(faces: NDArray[np.object_], empty: NDArray[np.bool_], sides: Sides) -> Ints:
    """(f + 1,) how many strips lie between a face and the outline, -1 where it is no strip; the last is the outside."""
    narrow = empty & (2 * shapely.area(faces) <= FARTHEST_M * shapely.length(faces))
    outer_m = np.bincount(sides.left, weights=sides.length_m * (sides.right < 0), minlength=len(faces))
    lane = np.append(np.where(empty & (outer_m >= _ALONG * shapely.length(faces)), 0, -1), -1)
    inner = sides.right >= 0
    one, other = sides.left[inner], sides.right[inner]
    one, other = np.concatenate([one, other]), np.concatenate([other, one])
    for number in range(1, LANES):
        lane[other[(lane[one] == number - 1) & (lane[other] < 0) & narrow[other]]] = number
    return lane


def _changes(sides: Sides, lane: Ints) -> tuple[Ints, Floats]:
    """Strip and point where two of its sides meet that have different faces beyond."""
    face = np.concatenate([sides.left, sides.right] * 2)
    beyond = np.concatenate([sides.right, sides.left] * 2)
    ends = np.concatenate([sides.start, sides.start, sides.end, sides.end])
    use = (lane[face] >= 0) & (beyond >= 0)
    face, beyond, ends = face[use], beyond[use], ends[use]
    order = np.lexsort((ends[:, 1], ends[:, 0], face))
    face, beyond, ends = face[order], beyond[order], ends[order]
    same = (face[1:] == face[:-1]) & (ends[1:] == ends[:-1]).all(axis=1)
    # where a face touches itself there are four
    alone = ~(np.append(False, same[:-1]) | np.append(same[1:], False))[: len(same)]
    at = np.flatnonzero(same & alone & (beyond[1:] != beyond[:-1]))
    return face[at], ends[at]


def _nearest_side(sides: Sides, place: Floats, cuts: NDArray[np.object_]) -> Floats:
    """(c,) cosine of the angle between each cut and that side at its beginning which is nearest in direction."""
    ends = np.concatenate([sides.start, sides.end])
    away = np.concatenate([sides.end - sides.start, sides.start - sides.end])
    key = as_numbers(ends)
    order = np.argsort(key, kind="stable")
    begin, end = (np.searchsorted(key[order], as_numbers(place), side=side) for side in ("left", "right"))
    cut = np.repeat(np.arange(len(place)), end - begin)
    row = order[np.arange(len(cut)) - np.repeat(np.cumsum(end - begin) - end, end - begin)]
    towards = shapely.get_coordinates(shapely.get_point(cuts, 1)) - place
    cosine = (away[row] * towards[cut]).sum(axis=1) / (np.hypot(*away[row].T) * np.hypot(*towards[cut].T))
    nearest = np.full(len(place), -1.0)
    np.maximum.at(nearest, cut, cosine)
    return nearest
