"""Rows in PostgreSQL's binary COPY format: no digits to write here and to parse there, half the bytes of a geometry.

Integers are `bigint`, truth values `boolean`, texts `text`, geometries plain WKB: their SRID is that of the column,
which PostGIS fills in. None is NULL everywhere.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Column = NDArray[np.object_] | NDArray[np.int64] | NDArray[np.bool_]

ROWS_PER_WRITE = 2_000
COPY_START = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY_END = struct.pack(">h", -1)
_NULL = struct.pack(">i", -1)
_LENGTH = struct.Struct(">i").pack
_INTEGER = struct.Struct(">iq").pack


def copy_blocks(columns: Sequence[Column]) -> Iterator[bytes]:
    """All of the stream, some thousand rows a block, so that the server works while we write."""
    yield COPY_START
    width = struct.pack(">h", len(columns))
    for start in range(0, len(columns[0]), ROWS_PER_WRITE):
        fields = [_fields(column[start : start + ROWS_PER_WRITE]) for column in columns]
        yield b"".join(chain.from_iterable(zip(repeat(width), *fields, strict=False)))
    yield COPY_END


def _fields(column: Column) -> list[bytes]:
    """Each value of a column behind its length in bytes."""
    if column.dtype.kind in "iu":
        return _each(column.tolist(), _integer)
    if column.dtype.kind == "b":
        return [b"\0\0\0\1\1" if value else b"\0\0\0\1\0" for value in column.tolist()]
    first = next((value for value in column if value is not None), None)
    if isinstance(first, shapely.Geometry):
        return [_NULL if wkb is None else _LENGTH(len(wkb)) + wkb for wkb in shapely.to_wkb(column).tolist()]
    if isinstance(first, int):
        return _each(column.tolist(), _integer)
    return _each(column.tolist(), _text)


def _integer(value: int) -> bytes:
    return _INTEGER(8, value)


def _text(value: str) -> bytes:
    data = value.encode()
    return _LENGTH(len(data)) + data


def _each(values: list[Any], encode: Callable[[Any], bytes]) -> list[bytes]:
    """Values encoded, equal ones once: most columns repeat a few."""
    fields = {value: encode(value) for value in set(values) if value is not None}
    fields[None] = _NULL
    return [fields[value] for value in values]
