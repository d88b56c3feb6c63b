"""Every column that is kept about incidents has a class, every period a function, and the page says so."""

from pathlib import Path

from gis_core.incidents.inventory import CLASSES, KEPT, inventory_page, kept_tables
from gis_core.incidents.resealing import SEALED
from gis_core.incidents.retention import ACTS
from gis_core.keeping import KeepSettings, periods, variable_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-inventory.md"


def test_every_column_is_classified_once() -> None:
    for table in kept_tables():
        kept = KEPT[table.name]
        named = [column for name in CLASSES for column in getattr(kept, name).split()]
        assert sorted(named) == sorted(column.name for column in table.columns), table.name
        assert kept.keep.keys() <= set(named), table.name
    assert set(KEPT) == {table.name for table in kept_tables()}


def test_the_page_is_not_stale() -> None:
    made = inventory_page()
    assert PAGE.read_text(encoding="utf-8") == made, (
        "python -m gis_core.incidents.inventory > docs/data-inventory.md"
    )
    for name, (days, _, _) in periods().items():
        assert f"| {name} | `{variable_of(name)}` | {days} |" in made


def test_every_period_has_a_function_and_is_used() -> None:
    assert list(ACTS) == list(KeepSettings.model_fields)
    assert {name for kept in KEPT.values() for name in kept.keep.values()} | {"descriptions"} == set(ACTS)


def test_what_is_sealed_or_hashed_is_sensitive() -> None:
    for table, _, column in SEALED:
        assert KEPT[table].classes()[column] == "sensitive"
    for name, kept in KEPT.items():
        secret = [one for one in kept.classes() if one in ("link_hash", "key_hash", "sealed")]
        assert all(kept.classes()[one] == "sensitive" for one in secret), name
