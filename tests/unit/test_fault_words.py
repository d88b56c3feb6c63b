"""What a log says of an error quotes no value of a row or a request."""

import psycopg
import pytest

from gis_core.errors import InvalidInputError
from gis_core.fault_words import trace_without_values, without_values

PHONE = "13800138000"


def test_own_words_are_kept_and_others_values_are_not() -> None:
    assert without_values(InvalidInputError("x = 1 is none")) == "InvalidInputError: x = 1 is none"
    assert without_values(ValueError(PHONE)) == "ValueError"
    assert without_values(KeyError(PHONE)) == "KeyError"
    assert without_values(AttributeError("no x")) == "AttributeError: no x"


def test_a_trace_tells_every_error_on_the_way() -> None:
    def inner() -> None:
        raise ValueError(PHONE)

    def outer() -> None:
        try:
            inner()
        except ValueError as error:
            raise RuntimeError(PHONE) from error

    with pytest.raises(RuntimeError) as caught:
        outer()
    told = trace_without_values(caught.value)
    assert PHONE not in told
    assert [line for line in told.splitlines() if not line.startswith(" ")] == [
        "ValueError", "which led to:", "RuntimeError",
    ]  # fmt: skip
    assert "in inner" in told


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("INSERT INTO admin_area VALUES (%s, 'x', 'x')", "CheckViolation 23514 admin_area ck_admin_area_"),
        ("SELECT ('tel ' || %s::text)::int", "InvalidTextRepresentation 22P02"),
        ("SELECT %s FROM nothing", 'relation "nothing" does not exist'),
    ],
)
def test_the_database_quotes_no_value(pg: psycopg.Connection, statement: str, words: str) -> None:
    with pytest.raises(psycopg.Error) as caught:
        pg.execute(statement, [PHONE])
    told = without_values(caught.value)
    assert words in told
    assert PHONE not in told
