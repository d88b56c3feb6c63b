"""Strips along the outline, such as between a road and the boundary drawn beside it: cut where streets end on them.

Nobody lives in them, so that a strip joins a block on the inner side. Whole, it would run along the fronts of the
blocks beside that one as well, and their grids would not reach the outline.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.arrangement import faces_between, sides_of
from partitioning.barriers import as_lines
from partitioning.graph import Floats, Ints

WIDEST_M = 30.0
"""A strip is cut where it is at most so wide."""
_STRAIGHT = -0.5
"""Cosine of the angle between two sides, at most: a street ends on the strip, and does not pass its end."""


def cut_strips(faces: NDArray[np.object_], empty: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Faces that tile the same area: (f,) empty ones are cut from where their inner neighbours change to the outline.

    Metres; faces share their vertices, see `arrangement`.
    """
    sides = sides_of(faces)
    outer = sides.right < 0
    at, lines = sides.left[outer], sides.lines()[outer]
    outline: NDArray[np.object_] = np.full(len(faces), None, dtype=object)
    for strip in np.flatnonzero(empty & np.isin(np.arange(len(faces)), at)):
        outline[strip] = shapely.multilinestrings(lines[at == strip])
    ends = np.concatenate([sides.start, sides.end] * 2)
    away = np.concatenate([sides.end - sides.start, sides.start - sides.end] * 2)
    face = np.concatenate([sides.left, sides.left, sides.right, sides.right])
    beyond = np.concatenate([sides.right, sides.right, sides.left, sides.left])
    of_strip = (face >= 0) & (beyond >= 0) & ~shapely.is_missing(outline)[face]
    face, place = _changes(face[of_strip], beyond[of_strip], ends[of_strip], away[of_strip])
    cuts = np.asarray(shapely.shortest_line(shapely.points(place), outline[face]))
    inside = shapely.length(shapely.intersection(cuts, faces[face]))
    good = (shapely.length(cuts) <= WIDEST_M) & (inside > 0.999 * shapely.length(cuts))
    strips = np.unique(face[good])
    if not len(strips):
        return faces
    pieces = faces_between(np.concatenate([as_lines(faces[strips]), cuts[good]]))
    of_piece = shapely.STRtree(shapely.point_on_surface(pieces)).query(faces[strips], predicate="intersects")
    return np.concatenate([np.delete(faces, strips), pieces[np.unique(of_piece[1])]])


def _changes(face: Ints, beyond: Ints, ends: Floats, away: Floats) -> tuple[Ints, Floats]:
    """Faces and points where one of their sides goes straight on into another that has another neighbour."""
    order = np.lexsort((ends[:, 1], ends[:, 0], face))
    face, beyond, ends, away = face[order], beyond[order], ends[order], away[order]
    met = (face[1:] == face[:-1]) & (ends[1:] == ends[:-1]).all(axis=1) & (beyond[1:] != beyond[:-1])
    long = np.hypot(*away.T)
    cosine = (away[1:] * away[:-1]).sum(axis=1) / (long[1:] * long[:-1])
    at = np.flatnonzero(met & (cosine <= _STRAIGHT))
    return face[at], ends[at]
