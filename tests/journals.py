"""What a plan's journal tells of its assignments."""

from collections.abc import Iterable, Mapping

import psycopg

from gis_core.editing.rules import Edit


def replayed(journal: Iterable[Edit], start: Mapping[int, int]) -> dict[int, int]:
    """{building: grid, 0: none} after all edits, each made on the one before it and from where the building was."""
    now = dict(start)
    for number, edit in enumerate(journal, 1):
        assert edit.revision == number
        for move in edit.moves:
            assert now.get(move.building, 0) == (move.source or 0), f"edit {number}"
            now[move.building] = move.target or 0
    return now


def assigned(pg: psycopg.Connection, plan: int) -> dict[int, int]:
    """{building: grid} as stored; a building without a grid is absent."""
    rows = pg.execute("SELECT building_id, grid_number FROM assignment WHERE plan_id = %s", [plan]).fetchall()
    pg.commit()
    return dict(rows)
