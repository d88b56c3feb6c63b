"""Values of a source's columns as clean arrays, and every value that breaks a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_core.exchange.faults import Fault

MAX_HOUSEHOLDS = 5_000
"""More dwellings than the largest residential buildings on earth have."""
MAX_PERSONS = 20_000
MAX_FLOORS = 200
MAX_HEIGHT_M = 1_000.0
MAX_ID_LENGTH = 200
MAX_CODE_LENGTH = 64
MAX_TEXT_LENGTH = 1_000

COUNT_KINDS = ("real", "estimated", "none")
_KIND_WORDS = {
    "real": "real",
    "registered": "real",
    "实有": "real",
    "实际": "real",
    "登记": "real",
    "real_osm_building_flats_tag": "real",
    "estimated": "estimated",
    "estimate": "estimated",
    "估算": "estimated",
    "估计": "estimated",
    "none": "none",
    "unknown": "none",
    "无": "none",
    "未知": "none",
}
_YES = ("yes", "true", "t", "1", "1.0", "y", "是", "viaduct")
_NAN_WORDS = ("nan", "inf", "-inf", "infinity", "-infinity", "+inf")

Texts = NDArray[np.object_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where values stand: the layer, and the row and id of each."""

    layer: str
    ids: Texts

    def faults(
        self, code: str, rows: NDArray[np.intp], field: str | None, values: Any, **rest: Any
    ) -> list[Fault]:
        """One fault for each of the rows; `values` is indexed by row."""
        return [
            Fault(code, self.layer, int(row) + 1, self.ids[row], field, shown(values[row]), **rest)
            for row in rows
        ]


def shown(value: Any) -> Any:
    """A value as a person writes it: 12 for 12.0, long texts cut."""
    if isinstance(value, float | np.floating):
        return int(value) if np.isfinite(value) and float(value).is_integer() else float(value)
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def texts(series: pd.Series) -> Texts:
    """Texts without outer blanks, None where there is none; whole numbers without a decimal point.

    NUL, with which some programs pad attributes, is dropped: PostgreSQL's texts hold none.
    """
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype):
        numbers = pd.to_numeric(series, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        if pd.api.types.is_integer_dtype(series.dtype):
            return np.array([None if pd.isna(value) else str(value) for value in series], dtype=object)
        return np.array([None if np.isnan(value) else str(shown(value)) for value in numbers], dtype=object)
    values = series.to_numpy(object)
    return np.array(
        [
            value.replace("\0", "").strip() or None if isinstance(value, str) else _text(value)
            for value in values
        ],
        dtype=object,
    )


def _text(value: Any) -> str | None:
    return None if value is None or value is pd.NA or value != value else str(value)


def too_long(place: Place, field: str, values: Texts, limit: int) -> list[Fault]:
    """Texts of more characters than the limit."""
    lengths = np.fromiter((0 if value is None else len(value) for value in values), np.int64, len(values))
    return place.faults("text_too_long", np.flatnonzero(lengths > limit), field, lengths, limit=limit)


def numbers(place: Place, field: str, series: pd.Series) -> tuple[Numbers, list[Fault]]:
    """Numbers as floats, NaN where there is none, and texts that are no numbers or not finite.

    An empty value is missing, which is no fault; a written `NaN` or an infinity is one, and a column of true and
    false is one as a whole.
    """
    if pd.api.types.infer_dtype(series, skipna=True) == "boolean":
        return np.full(len(series), np.nan), [Fault("count_boolean", place.layer, field=field)]
    if pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(np.float64, na_value=np.nan)
        wrong = np.isinf(values)
        faults = place.faults("count_not_finite", np.flatnonzero(wrong), field, values)
        return np.where(wrong, np.nan, values), faults
    written = texts(series)
    values = pd.to_numeric(pd.Series(written, dtype=object), errors="coerce").to_numpy(np.float64)
    present = np.array([value is not None for value in written], dtype=bool)
    named = np.array([value is not None and value.lower() in _NAN_WORDS for value in written], dtype=bool)
    not_finite = present & (named | np.isinf(values))
    faults = place.faults("count_not_finite", np.flatnonzero(not_finite), field, written)
    faults += place.faults(
        "count_not_number", np.flatnonzero(present & ~not_finite & np.isnan(values)), field, written
    )
    return np.where(not_finite, np.nan, values), faults


def is_numeric(series: pd.Series) -> bool:
    """Whether a column holds numbers alone, as texts of a table as well, and at least one."""
    if pd.api.types.is_numeric_dtype(series.dtype):
        return not pd.api.types.is_bool_dtype(series.dtype) and bool(series.notna().any())
    present = series.dropna()
    return bool(len(present)) and bool(pd.to_numeric(present, errors="coerce").notna().all())


def counts(place: Place, field: str, series: pd.Series, limit: int) -> tuple[Numbers, list[Fault]]:
    """Counts of things: whole, not negative, at most `limit`; NaN where missing or wrong."""
    values, faults = numbers(place, field, series)
    negative, above = values < 0, values > limit
    fractional = np.isfinite(values) & (values != np.floor(values))
    faults += place.faults("count_negative", np.flatnonzero(negative), field, values)
    faults += place.faults("count_fractional", np.flatnonzero(fractional & ~negative), field, values)
    faults += place.faults("count_absurd", np.flatnonzero(above), field, values, limit=limit)
    return np.where(negative | above | fractional, np.nan, values), faults


def floors(place: Place, field: str, series: pd.Series) -> tuple[Numbers, list[Fault]]:
    """Numbers of floors: 0 means unknown, half storeys count up (a repair that is listed)."""
    values, faults = numbers(place, field, series)
    negative, above = values < 0, values > MAX_FLOORS
    faults += place.faults("count_negative", np.flatnonzero(negative), field, values)
    faults += place.faults("count_absurd", np.flatnonzero(above), field, values, limit=MAX_FLOORS)
    whole = np.ceil(values)
    rounded = np.flatnonzero(np.isfinite(values) & (whole != values) & ~negative & ~above)
    faults += [
        Fault(
            "floors_rounded",
            place.layer,
            int(row) + 1,
            place.ids[row],
            field,
            float(values[row]),
            int(whole[row]),
        )
        for row in rounded
    ]
    return np.where(negative | above | (whole == 0), np.nan, whole), faults


def heights(series: pd.Series) -> Numbers:
    """Heights in metres; one that cannot be read is unknown (NaN), since it only helps an estimate."""
    written = series
    if not pd.api.types.is_numeric_dtype(series.dtype):
        written = (
            pd.Series(texts(series), dtype=object).str.removesuffix("m").str.strip().str.replace(",", ".")
        )
    values = pd.to_numeric(written, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where((values > 0) & (values <= MAX_HEIGHT_M), values, np.nan)


def kinds(place: Place, field: str, series: pd.Series | None, values: Numbers) -> tuple[Texts, list[Fault]]:
    """How each count is known: real where there is a count and none elsewhere, unless the source's own column says.

    Where that column is empty a count is real; where there is no count nothing is known, whatever the column says.
    """
    present = ~np.isnan(values)
    by_presence = np.where(present, "real", "none").astype(object)
    if series is None:
        return by_presence, []
    written = texts(series)
    known = [None if value is None else _KIND_WORDS.get(value.casefold()) for value in written]
    unknown = [row for row, value in enumerate(written) if value is not None and known[row] is None]
    faults = place.faults(
        "kind_unknown", np.array(unknown, np.intp), field, written, limit=", ".join(COUNT_KINDS)
    )
    denied = np.array([kind == "none" for kind in known], bool) & (np.nan_to_num(values) > 0)
    faults += place.faults("kind_contradicted", np.flatnonzero(denied), field, values)
    return np.where(
        present & np.array([kind is not None for kind in known], bool), known, by_presence
    ), faults


def flags(columns: Sequence[pd.Series]) -> NDArray[np.bool_]:
    """True where any of the columns says yes in one of the usual ways."""
    said = [
        np.array([value is not None and value.casefold() in _YES for value in texts(column)])
        for column in columns
    ]
    return np.logical_or.reduce(said)
